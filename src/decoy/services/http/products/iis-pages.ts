/** The two kinds of page of a Windows web server: the listener's (http.sys) and IIS's own. */

/** http.sys: status line reason, page title, heading and sentence. */
interface ListenerPage {
  readonly reason: string
  /** Where it is not the reason. */
  readonly title?: string
  readonly heading: string
  readonly sentence: string
}

const BAD_REQUESTS: Readonly<Record<string, string>> = {
  'Invalid Verb': 'The request verb is invalid.',
  'Invalid URL': 'The request URL is invalid.',
  'Invalid Header': 'The request has an invalid header name.',
  'Invalid Hostname': 'The request hostname is invalid.',
  'Request Too Long': 'The size of the request headers is too long.',
}

const LISTENER_PAGES: Readonly<Record<number, ListenerPage>> = {
  401: {
    reason: 'Unauthorized',
    title: 'Not Authorized',
    heading: 'Not Authorized',
    sentence: 'The requested resource requires user authentication.',
  },
  400: {reason: 'Bad Request', heading: 'Bad Request', sentence: 'The request is badly formed.'},
  404: {reason: 'Not Found', heading: 'Not Found', sentence: 'The requested resource is not found.'},
  411: {
    reason: 'Length Required',
    heading: 'Length Required',
    sentence: 'The request must be chunked or have a content length.',
  },
  414: {reason: 'Request URL Too Long', heading: 'Request URL Too Long', sentence: 'The request URL is too long.'},
  501: {
    reason: 'Not Implemented',
    heading: 'Not Implemented',
    sentence: 'The request transfer encoding is unsupported.',
  },
  505: {
    reason: 'HTTP Version Not Supported',
    heading: 'HTTP Version Not Supported',
    sentence: 'The request HTTP version is unsupported.',
  },
}

/** The missing space in the document type is the product's. */
export function listenerPage(status: number, note: string | undefined): {reason: string; body: Buffer} {
  const base: ListenerPage = LISTENER_PAGES[status] ?? {reason: 'Bad Request', heading: 'Bad Request', sentence: ''}
  const heading = note === undefined ? base.heading : `${base.heading} - ${note}`
  const sentence = note === undefined ? base.sentence : (BAD_REQUESTS[note] ?? base.sentence)
  const body =
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n' +
    `<HTML><HEAD><TITLE>${base.title ?? base.reason}</TITLE>\r\n` +
    '<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n' +
    `<BODY><h2>${heading}</h2>\r\n<hr><p>HTTP Error ${status}. ${sentence}</p>\r\n</BODY></HTML>\r\n`
  return {reason: base.reason, body: Buffer.from(body, 'latin1')}
}

const NO_PERMISSION =
  'You do not have permission to view this directory or page using the credentials that you supplied.'

const CUSTOM: Readonly<Record<number, readonly [title: string, sentence: string]>> = {
  401: ['401 - Unauthorized: Access is denied due to invalid credentials.', NO_PERMISSION],
  403: ['403 - Forbidden: Access is denied.', NO_PERMISSION],
  404: [
    '404 - File or directory not found.',
    'The resource you are looking for might have been removed, had its name changed, or is temporarily unavailable.',
  ],
  405: [
    '405 - HTTP verb used to access this page is not allowed.',
    'The page you are looking for cannot be displayed because an invalid method (HTTP verb) was used to attempt access.',
  ],
  412: [
    '412 - Precondition set by the client failed when evaluated on the Web server.',
    'The request was not completed due to preconditions that are set in the request header.',
  ],
  501: [
    '501 - Header values specify a method that is not implemented.',
    'The page you are looking for cannot be displayed because a header value in the request does not match certain configuration settings.',
  ],
}

const STYLE = [
  'body{margin:0;font-size:.7em;font-family:Verdana, Arial, Helvetica, sans-serif;background:#EEEEEE;}',
  'fieldset{padding:0 15px 10px 15px;} ',
  'h1{font-size:2.4em;margin:0;color:#FFF;}',
  'h2{font-size:1.7em;margin:0;color:#CC0000;} ',
  'h3{font-size:1.2em;margin:10px 0 0 0;color:#000000;} ',
  '#header{width:96%;margin:0 0 0 0;padding:6px 2% 6px 2%;font-family:"trebuchet MS", Verdana, sans-serif;color:#FFF;',
  'background-color:#555555;}',
  '#content{margin:0 0 0 2%;position:relative;}',
  '.content-container{background:#FFF;width:96%;margin-top:8px;padding:10px;position:relative;}',
]

/** What remote clients see of an IIS error (`errorMode` DetailedLocalOnly); measured: 1245 bytes for 404. */
export function customErrorPage(status: number): Buffer {
  const [title, sentence] = CUSTOM[status] ?? [String(status), '']
  const lines = [
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
    '<html xmlns="http://www.w3.org/1999/xhtml">',
    '<head>',
    '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"/>',
    `<title>${title}</title>`,
    '<style type="text/css">',
    '<!--',
    ...STYLE,
    '-->',
    '</style>',
    '</head>',
    '<body>',
    '<div id="header"><h1>Server Error</h1></div>',
    '<div id="content">',
    ' <div class="content-container"><fieldset>',
    `  <h2>${title}</h2>`,
    `  <h3>${sentence}</h3>`,
    ' </fieldset></div>',
    '</div>',
    '</body>',
    '</html>',
    '',
  ]
  return Buffer.from(lines.join('\r\n'), 'latin1')
}
