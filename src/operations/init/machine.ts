import {statSync} from 'node:fs'

import {detectNetwork} from '../../network/detect.ts'
import {hostAddresses} from '../../network/host-addresses.ts'
import type {MachineFacts} from './network.ts'

const DOCKER_SOCKET = '/var/run/docker.sock'

/** Looks at this machine: its network, and whether there is a Docker Engine to be asked. Nothing is connected to. */
export async function machineFacts(env: NodeJS.ProcessEnv): Promise<MachineFacts> {
  return {dockerFound: dockerFound(env), network: await detectNetwork(), addresses: hostAddresses()}
}

export function dockerFound(env: NodeJS.ProcessEnv, socket: string = DOCKER_SOCKET): boolean {
  if ((env.DOCKER_HOST ?? '') !== '') return true
  try {
    return statSync(socket).isSocket()
  } catch {
    return false
  }
}
