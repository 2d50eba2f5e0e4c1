import type {CreateService, SelfTest, Service} from '../../service.ts'
import {MOUNTD_PORT, NFS_PORT} from './definition.ts'
import {NfsHost} from './host.ts'
import {mountProgram} from './programs/mount.ts'
import {nfsProgram} from './programs/nfs.ts'
import {PORTMAP, PROGRAM} from './programs/portmap.ts'
import {datagrams, RpcSession} from './session.ts'
import {record} from './wire/rpc.ts'
import {uint} from './wire/xdr.ts'

/** The procedure that every program has, called without a credential. */
function selfTest(program: number, version: number, protocol: 'tcp' | 'udp'): SelfTest {
  const call = uint(0x13371337, 0, 2, program, version, 0, 0, 0, 0, 0)
  const expected = uint(0x13371337, 1, 0, 0, 0, 0)
  const framed = (message: Buffer): Buffer => (protocol === 'tcp' ? record(message) : message)
  return {send: framed(call), accepts: (reply) => reply.equals(framed(expected))}
}

export const createService: CreateService = (persona, options): Service => {
  const host = new NfsHost(persona, options)
  const mount = mountProgram(host)
  return {
    tcp: (port) => ({
      kind: 'protocol',
      session: (connection) => {
        const program = port === NFS_PORT ? nfsProgram(host, new Set()) : port === MOUNTD_PORT ? mount : PORTMAP
        return new RpcSession(program, connection)
      },
    }),
    udp: (port) => datagrams(port === MOUNTD_PORT ? mount : PORTMAP),
    selfTest: (port, protocol = 'tcp') => {
      if (port === NFS_PORT) return selfTest(PROGRAM.nfs, 3, protocol)
      return port === MOUNTD_PORT ? selfTest(PROGRAM.mount, 3, protocol) : selfTest(PROGRAM.portmap, 2, protocol)
    },
  }
}
