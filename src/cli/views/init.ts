import {formatAddress} from '../../fleet/ipv4.ts'
import type {FleetDraft} from '../../operations/init/draft.ts'
import {exceedsDefaultLimit} from '../../operations/init/fleet-text.ts'
import {SETTING_DEFAULTS} from '../../state/settings.ts'
import {shellWord} from '../../state/shown.ts'
import {stepList} from './steps.ts'
import type {Style} from './style.ts'
import {deckies, sanitize} from './text.ts'

/** What was written and what to do next; `file` null: to standard output. */
export function initView(file: string | null, draft: FleetDraft, style: Style): string {
  const {general} = draft
  const where = general.net === undefined ? '' : ` in ${general.net.cidr}`
  const count = draft.deckies.length
  const head = `${style.good('✓')} ${file === null ? 'made up' : `${sanitize(file)}:`} ${deckies(count)}${where}, engine ${general.engine}`
  const name = sanitize(shellWord(file ?? 'FILE'))
  const steps = [
    {command: `decnet validate ${name}`, purpose: 'check it after every change'},
    {command: `decnet plan ${name}`, purpose: 'see what deploying it would do'},
    {command: `decnet deploy ${name}`, purpose: 'deploy it'},
  ]
  const limit = exceedsDefaultLimit(count)
    ? [
        {
          command: `decnet config set deployment-limit ${count}`,
          purpose: `the limit is ${SETTING_DEFAULTS['deployment-limit']} unless it was raised`,
        },
      ]
    : []
  const all = [...steps.slice(0, 1), ...limit, ...steps.slice(1)]
  return `${[head, ...draft.origin.map(sanitize), '', stepList('Next:', all, style)].join('\n')}\n`
}

/** `decnet.init/v1`. */
export function initDocument(file: string, draft: FleetDraft): object {
  const {engine, interface: name, net, gateway, driver, domain, exclude} = draft.general
  return {
    schema: 'decnet.init/v1',
    ok: true,
    file,
    deckies: draft.deckies.length,
    network: {
      engine: engine ?? null,
      interface: name ?? null,
      subnet: net?.cidr ?? null,
      gateway: gateway ?? null,
      driver: driver ?? null,
      domain: domain ?? null,
      exclude: exclude.map(({first, last}) =>
        first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`,
      ),
    },
    seed: draft.seed,
  }
}
