/** The web server of a programmable controller, of whichever vendor the machine is. */
import {PLC_FIRMWARES, plcOf, plcVendor} from '../../../../persona/plc.ts'
import type {Application, Product} from '../product.ts'
import {modiconPages, modiconServer} from './plc-modicon.ts'
import {simaticPages, simaticServer} from './plc-simatic.ts'
import {wagoPages, wagoServer} from './plc-wago.ts'
import type {Skin, SkinFacts} from './skin.ts'

interface Face {
  server(facts: SkinFacts): Product
  pages(facts: SkinFacts): Application
}

const FACES = {
  siemens: {server: simaticServer, pages: simaticPages},
  schneider: {server: modiconServer, pages: modiconPages},
  wago: {server: wagoServer, pages: wagoPages},
} as const satisfies Readonly<Record<string, Face>>

const faceOf = ({persona}: SkinFacts): Face => FACES[plcVendor(persona)]

export const PLC: Skin = {
  versions: PLC_FIRMWARES,
  usual: (persona) => plcOf(persona).firmware.replace(/^V/, ''),
  tls: {stack: 'firmware', certificate: 'plc'},
  server: (facts) => faceOf(facts).server(facts),
  application: (facts) => faceOf(facts).pages(facts),
}
