import { guessMapping, type ValueGuess } from './guess-mapping.ts';
import { guessPage, suggestPage } from './guess-page.ts';
import { isAddress, type Sample } from './sample.ts';

/** The entry of a source as lines of YAML, without the key `sources`. What is not known is a comment. */
export function writeEntry(name: string, sample: Sample, indent = '  '): string[] {
  const { type, target, auth, variables = [] } = sample;
  const body = [
    `type: ${type}`,
    ...variables.map((each) => `# set ${each.name} in .env: it is ${each.part} in the address`),
    `${isAddress(target) ? 'url' : 'path'}: ${writeText(target)}`,
    ...(auth === undefined ? [] : [`auth: ${writeMap(auth)}`]),
    ...(type === 'api' ? writeApi(sample) : []),
    ...(type === 'csv' ? ['# delimiter: ";"   # unless set, it is found in the header line'] : []),
    'every: 1h',
    ...(type === 'rss' ? [] : writeItem(sample, indent)),
  ];
  return [`${indent}${name}:`, ...body.map((line) => `${indent}${indent}${line}`)];
}

function writeApi(sample: Sample): string[] {
  const list = sample.answer?.list;
  const page = guessPage(sample);
  const isLocal = !isAddress(sample.target);
  return [
    ...(isLocal || sample.auth !== undefined
      ? []
      : ['# auth: { bearer: "${TOKEN}" }   # the variable TOKEN is in .env']),
    ...(list === undefined ? [] : [`records: ${writeText(list)}`]),
    ...(page !== undefined
      ? [`page: ${writeMap(page)}   # a guess: sources test shows whether the second page is another one`]
      : isLocal
        ? []
        : [`# page: ${writeMap(suggestPage(sample))}   # the answer shows no next page; is there one?`]),
    ...(isLocal ? [] : ['# since: { field: updated_at, param: updated_since }   # loads only what is new']),
  ];
}

function writeItem({ records }: Sample, indent: string): string[] {
  const { values, rest } = guessMapping(records);
  return [
    'item:',
    ...values.map((value) => `${indent}${writeValue(value)}`),
    ...(rest.length === 0
      ? []
      : [`${indent}# not mapped, and stored in metadata: ${rest.map(oneLine).join(', ')}`]),
  ];
}

function writeValue({ name, value, doubt }: ValueGuess): string {
  const text = typeof value === 'string' ? writeText(value) : writeMap(value);
  return `${name}: ${text}${doubt === undefined ? '' : `   # check: ${doubt}`}`;
}

function writeMap(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key}: ${writeText(value, true)}`);
  return `{ ${pairs.join(', ')} }`;
}

/** A plain scalar if YAML reads it as this text, otherwise one in double quotes. */
function writeText(text: string, isInMap = false): string {
  const plain = isInMap ? /^[\w$/][\w$./ -]*$/ : /^[\w$/][\w$.,/?&=%+~:@ -]*$/;
  const isPlain = plain.test(text) && !/: |:$| #|\s$/.test(text) && !isReference(text);
  return isPlain ? text : JSON.stringify(text);
}

function isReference(text: string): boolean {
  return text.includes('${');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
