/** What many sites send with status 200 when a session has ended. */
export const LOGIN_PAGE = `<!DOCTYPE html>
<html lang="en"><head><title>Sign in</title></head>
<body><h1>Please sign in</h1><form method="post" action="/login"><input name="user"><input name="password" type="password"></form></body></html>
`;
