import {honeyUsers, portOption, WINDOWS_USER} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const SMB_PORT = 445
export const NETBIOS_SESSION_PORT = 139

/** Newest first, as the fleet file names them. */
export const SMB_DIALECTS = ['3.1.1', '3.0.2', '3.0', '2.1', '2.0.2'] as const

export const SMB: ServiceDefinition = {
  name: 'smb',
  summary: 'SMB 2 and 3 server that answers as Windows or Samba does, with shares as lures behind honey credentials.',
  roles: ['file', 'fs', 'data', 'share'],
  ports: [
    {port: SMB_PORT, protocol: 'tcp', purpose: 'SMB over TCP', option: 'port'},
    {port: NETBIOS_SESSION_PORT, protocol: 'tcp', purpose: 'SMB over NetBIOS sessions'},
  ],
  options: {
    port: portOption(SMB_PORT, 'Port of SMB over TCP.'),
    product: {
      type: 'enum',
      summary: 'Server it claims to be; by default what the OS of the persona has.',
      default: null,
      values: ['windows', 'samba'],
    },
    dialect: {
      type: 'enum',
      summary: 'Newest dialect it speaks.',
      default: '3.1.1',
      values: SMB_DIALECTS,
    },
    signing: {
      type: 'enum',
      summary: 'Whether clients must sign; by default domain controllers require it, as they do.',
      default: null,
      values: ['enabled', 'required'],
    },
    guest: {
      type: 'boolean',
      summary:
        'Whether unknown users are let in as guests and may read the shares. By default Windows refuses them, and Samba shows them its shares and lets them into none.',
      default: null,
    },
    workgroup: {
      type: 'text',
      summary: 'Workgroup or NetBIOS domain; by default that of the persona.',
      default: null,
      maxLength: 15,
      pattern: /^[A-Za-z0-9_-]+$/,
      expected: 'up to 15 letters, digits, `-` and `_`',
      example: 'CORP',
    },
    shares: {
      type: 'list',
      summary: 'Shares that hold bait, besides those that every such server has; by default some that fit the persona.',
      default: null,
      maxItems: 16,
      pattern: /^[A-Za-z0-9][A-Za-z0-9 _.$-]{0,39}(?::[ -~]{0,47})?$/,
      expected: 'a name, or name and comment as `Finance:Finance department`',
    },
    users: honeyUsers(WINDOWS_USER),
  },
  events: ['auth.attempt', 'request', 'file.read', 'file.write', 'capture', 'probe', 'malformed'],
}
