/** DATE_AND_TIME of STEP 7: two digits an octet; the last has the milliseconds' last digit and the day of the week. */

const bcd = (value: number): number => (Math.floor(value / 10) << 4) | (value % 10)

/** Eight octets. `local`: the time of the clock's place, as milliseconds since the epoch. */
export function dateAndTime(local: number): Buffer {
  const date = new Date(local)
  const ms = date.getUTCMilliseconds()
  return Buffer.from([
    bcd(date.getUTCFullYear() % 100),
    bcd(date.getUTCMonth() + 1),
    bcd(date.getUTCDate()),
    bcd(date.getUTCHours()),
    bcd(date.getUTCMinutes()),
    bcd(date.getUTCSeconds()),
    bcd(Math.floor(ms / 10)),
    ((ms % 10) << 4) | (date.getUTCDay() + 1),
  ])
}
