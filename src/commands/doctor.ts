import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {EXIT, FLEET_FILE_EXITS} from '../cli/exit-codes.ts'
import {networkFlags} from '../cli/flags.ts'
import {readFleetFile} from '../cli/fleet-file.ts'
import {readRequest} from '../cli/request.ts'
import {doctorDocument, doctorView} from '../cli/views/doctor.ts'
import {type CheckReport, diagnose} from '../operations/doctor/index.ts'
import {checkNetworkFlags} from '../operations/network-sources.ts'

export default class Doctor extends BaseCommand {
  static override summary = 'Check whether this machine can run deckies.'
  static override description =
    'Looks at everything that a deployment depends on: the engine, the kernel, the interface, the network, the addresses, the state, and what earlier commands left. Says for each what was found, why it matters, and what to do. With FILE it looks at what that file would need. Changes nothing. Nothing is sent to the LAN unless --probe-lan asks for it.'
  static override exits = [...FLEET_FILE_EXITS, 69, 74, 77] as const
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> fleet.ini --probe-lan',
    '<%= config.bin %> <%= command.id %> --engine embedded --json',
  ]
  static override args = {
    file: textArgument({required: false, description: 'A fleet file that is to be deployed; - reads standard input.'}),
  }
  static override flags = {
    ...networkFlags,
    'probe-lan': Flags.boolean({
      default: false,
      summary: 'Ask the LAN, by ARP, whether anyone has the addresses that deckies would get.',
      helpGroup: 'NETWORK',
    }),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Doctor)
    const context = await this.makeContext(flags)
    checkNetworkFlags(flags)
    const named =
      args.file === undefined
        ? {...flags, portOffset: flags['port-offset'], spec: null}
        : readRequest(readFleetFile(args.file), {...flags, 'replace-fleet': false}, context)
    const diagnosis = await diagnose(context.deps, {...named, probeLan: flags['probe-lan']}, this.signal)
    this.print(doctorView(diagnosis, context.style, context.width))
    process.exitCode = exitCodeOf(diagnosis.checks)
    return doctorDocument(diagnosis)
  }
}

function exitCodeOf(checks: readonly CheckReport[]): number {
  const failures = checks.filter(({result}) => result === 'failed')
  if (failures.length === 0) return 0
  return failures.some(({permission}) => permission) ? EXIT.PERMISSION : EXIT.ENGINE_UNAVAILABLE
}
