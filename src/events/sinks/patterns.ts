/** Shapes of settings that several sinks have. */
export const HOST = {pattern: /^[A-Za-z0-9.:_-]{1,253}$/, expected: 'a host name or an IP address'} as const
export const PORT = {pattern: /^\d{1,5}$/, expected: 'a port'} as const
export const HTTP_URL = {pattern: /^https?:\/\/[^\s/]+(\/\S*)?$/, expected: 'a URL, https://…'} as const
export const TEXT = {pattern: /^[^\0\r\n]{0,4000}$/, expected: 'text of one line'} as const
