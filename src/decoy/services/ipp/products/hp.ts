/** The printer's own: the pages of its web server, and IPP at `/ipp/print`. */
import {printerOf} from '../../../persona/printer.ts'
import type {Persona} from '../../../persona.ts'
import type {Verify} from '../../http/login/credentials.ts'
import {skinOf} from '../../http/products/skins/registry.ts'
import type {HttpServer} from '../../http/session.ts'
import {IppApplication} from '../application.ts'
import {IPP_PORT} from '../definition.ts'
import {COMMON_OPERATIONS, type IppPrinter} from '../printer/operations.ts'
import {Queue} from '../printer/queue.ts'

const PATHS = new Set(['', '/', '/ipp', '/ipp/', '/ipp/print', '/ipp/printer', '/printers', '/ipp/port1'])

export interface Setting {
  readonly port: number
  readonly location: string
  readonly verify: Verify
}

export function hpPrinter(persona: Persona, {port, location, verify}: Setting): HttpServer {
  const printer = printerOf(persona)
  const at = `${persona.facts.ip}${port === IPP_PORT ? '' : `:${port}`}`
  const ipp: IppPrinter = {
    facts: {
      persona,
      printer,
      name: printer.model.name,
      info: printer.model.name,
      location,
      started: (now) => persona.bootedAt(now),
      uris: [`ipp://${at}/ipp/print`],
      moreInfo: `http://${persona.facts.ip}/hp/device/info_config_AirPrint.html?tab=Networking&menu=AirPrintStatus`,
      formats: [
        'application/octet-stream',
        'application/pdf',
        'application/postscript',
        'application/vnd.hp-pcl',
        'application/vnd.hp-pclxl',
        'image/urf',
        'image/pwg-raster',
        'text/plain',
      ],
      operations: COMMON_OPERATIONS,
      versions: ['1.0', '1.1', '2.0'],
    },
    queue: new Queue(persona.integer('first job', 20, 900)),
    owns: (path) => PATHS.has(path.toLowerCase()),
    extra: () => null,
  }
  const skin = skinOf('printer')
  const facts = {persona, version: printer.bundle, name: persona.facts.ip, port, secure: false, verify, title: null}
  const headers = [['Cache-Control', 'no-cache']] as const
  return {product: skin.server(facts), application: new IppApplication(ipp, skin.application(facts), headers), verify}
}
