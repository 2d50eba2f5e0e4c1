/** Versions of the Engine API, `1.41`. */

/** The lowest version with everything we use (Engine 20.10); spoken wherever the engine still does. */
export const OUR_API = '1.41'

/** Whether an engine of this API version can be asked for all that we use. */
export function speaksOurApi(version: string): boolean {
  return compareVersions(version, OUR_API) >= 0
}

/** Below 0: the first is the lower one. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number)
  const [majorB = 0, minorB = 0] = b.split('.').map(Number)
  return majorA - majorB || minorA - minorB
}
