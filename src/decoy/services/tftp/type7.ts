/** Cisco's reversible "type 7" passwords, which every intruder can undo: a salt of two digits, then hexadecimal octets. */
const KEY = 'dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87'

/** @param salt 0..15: where in the key it begins. */
export function type7(text: string, salt: number): string {
  const octets = Array.from(Buffer.from(text, 'latin1'), (byte, index) =>
    (byte ^ KEY.charCodeAt((salt + index) % KEY.length)).toString(16).padStart(2, '0').toUpperCase(),
  )
  return `${String(salt).padStart(2, '0')}${octets.join('')}`
}
