/** Text that would change a page if it were not escaped: an element, a script, and the end of an attribute. */
export const MARKUP = `<img src=x onerror="alert('xss')"><script>alert('xss')</script>"'&lt;b`;
