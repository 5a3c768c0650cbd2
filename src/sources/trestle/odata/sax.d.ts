/** The part of sax that is used here. */
declare module 'sax' {
  namespace sax {
    type Handlers = {
      readonly onopentag: (tag: {
        readonly name: string;
        readonly attributes: Readonly<Record<string, string>>;
      }) => void;
      readonly onclosetag: (name: string) => void;
      readonly ondoctype: () => void;
      readonly onerror: (error: Error) => void;
    };

    type Parser = { write(text: string): Parser; close(): Parser };

    function parser(strict: boolean, options: { strictEntities: boolean }): Parser;
  }

  export default sax;
}
