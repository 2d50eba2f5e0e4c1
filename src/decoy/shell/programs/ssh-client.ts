/** `ssh` as a client: it tells its version, and reaches nobody. */
import {isIP} from 'node:net'

import {defaultVersion} from '../../services/ssh/releases.ts'
import {type Program, type Programs, readFlags} from '../command.ts'

/** What each distribution's client was built with. */
const LIBRARIES: Readonly<Record<string, string>> = {
  debian: 'OpenSSL 3.0.17 1 Jul 2025',
  ubuntu22: 'OpenSSL 3.0.2 15 Mar 2022',
  ubuntu20: 'OpenSSL 1.1.1f  31 Mar 2020',
  rocky9: 'OpenSSL 3.2.2 4 Jun 2024',
  centos7: 'OpenSSL 1.0.2k-fips  26 Jan 2017',
  alpine: 'OpenSSL 3.1.7 3 Sep 2024',
  fedora: 'OpenSSL 3.1.4 24 Oct 2023',
  kali: 'OpenSSL 3.1.4 24 Oct 2023',
  arch: 'OpenSSL 3.2.0 23 Nov 2023',
}
const USAGE = 'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-p port] [user@]destination [command [argument ...]]\n'
const TIMEOUT_MS = 1500

const ssh: Program = async (call) => {
  const {args, shell, machine} = call
  if (args[0] === '-V') {
    call.err(
      `${clientVersion(defaultVersion(machine.persona))}, ${LIBRARIES[machine.persona.facts.distro] ?? LIBRARIES.debian}\n`,
    )
    return 0
  }
  const {operands, value} = readFlags(args, 'BbcDEeFIiJLlmOopQRSWw')
  const destination = operands[0] ?? ''
  const host = destination.slice(destination.lastIndexOf('@') + 1)
  if (host === '') {
    call.err(USAGE)
    return 255
  }
  shell.host.requested({action: 'ssh', target: destination.slice(0, 256)})
  const port = value('p') ?? '22'
  if (isIP(host) === 0) call.err(`ssh: Could not resolve hostname ${host}: Name or service not known\n`)
  else {
    await shell.sleep(TIMEOUT_MS)
    call.err(`ssh: connect to host ${host} port ${port}: Connection timed out\n`)
  }
  return 255
}

/** The server leaves the portable release's letter out on some systems; the client never does. */
function clientVersion(server: string): string {
  return server.replace(/^(OpenSSH_\d+\.\d+)(?=$| )/, '$1p1')
}

export const SSH_CLIENT: Programs = {ssh}
