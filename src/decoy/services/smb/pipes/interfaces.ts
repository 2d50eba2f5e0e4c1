/** Which interfaces are behind which pipe. */
import {type CallResult, FAULT, type RpcInterface} from '../../../codecs/dcerpc/association.ts'
import type {SmbHost} from '../host.ts'
import type {Account} from '../session/logon.ts'
import {lsarpc} from './lsarpc.ts'
import {samr} from './samr.ts'
import {srvsvc} from './srvsvc.ts'
import {wkssvc} from './wkssvc.ts'

/** For whom an interface answers. */
export interface Caller {
  readonly host: SmbHost
  readonly account: Account
  readonly now: () => number
}

export interface PipeInterface {
  readonly uuid: string
  readonly version: number
  readonly call: (caller: Caller, operation: number, stub: Buffer) => CallResult
}

/** What only administrators may: services, registry, scheduled tasks, event log. */
const denied = (uuid: string, version: number): PipeInterface => ({
  uuid,
  version,
  call: () => ({fault: FAULT.ACCESS_DENIED}),
})

export const PIPES: ReadonlyMap<string, readonly PipeInterface[]> = new Map([
  ['srvsvc', [srvsvc]],
  ['wkssvc', [wkssvc]],
  ['lsarpc', [lsarpc]],
  ['lsass', [lsarpc, samr]],
  ['samr', [samr]],
  ['svcctl', [denied('367abb81-9844-35f1-ad32-98f038001003', 2)]],
  ['winreg', [denied('338cd001-2244-31f1-aaaa-900038001003', 1)]],
  ['atsvc', [denied('1ff70682-0a51-30e8-076d-740be8cee98b', 1), denied('86d35949-83c9-4044-b424-db363231fd0c', 1)]],
  ['eventlog', [denied('82273fdc-e32a-18c3-3f78-827929dc23ea', 0)]],
  ['netlogon', [denied('12345678-1234-abcd-ef00-01234567cffb', 1)]],
  ['spoolss', [denied('12345678-1234-abcd-ef00-0123456789ab', 1)]],
])

export const interfaceOf = ({uuid, version, call}: PipeInterface, caller: Caller): RpcInterface => ({
  uuid,
  version,
  call: (operation, stub) => call(caller, operation, stub),
})
