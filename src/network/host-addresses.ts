import {networkInterfaces} from 'node:os'

/** Every IPv4 address of this host, dotted text: what a decky must not have. */
export function hostAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({family}) => family === 'IPv4').map(({address}) => address),
  )
}
