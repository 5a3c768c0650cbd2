/** The content type of answers and problems. */
export const JSON_TYPE = 'application/json; charset=utf-8';
