/** The loopback interface of this host, as its kernel calls it. */
export const LOOPBACK_INTERFACE = process.platform === 'darwin' ? 'lo0' : 'lo'
