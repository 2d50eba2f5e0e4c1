/** An Axis network camera: a page of scripts for everybody, and VAPIX behind digest authentication. */
import {CAMERA_FIRMWARES, type Camera, cameraOf} from '../../../../persona/camera.ts'
import type {Persona} from '../../../../persona.ts'
import {digestGuard} from '../../auth/digest-guard.ts'
import {type HeaderList, httpDate} from '../../response.ts'
import {type Document, Site} from '../../site/site.ts'
import type {AppResponse} from '../product.ts'
import {FIRMWARE_FLAVOUR} from '../releases.ts'
import {createProduct} from '../web-server.ts'
import {htmlPage, icon} from './markup.ts'
import {type Asked, answer, json, Pages} from './pages.ts'
import type {Skin, SkinFacts} from './skin.ts'

const LIVE_VIEW = '/camera/index.html'
const DEVICE_INFO = '/axis-cgi/basicdeviceinfo.cgi'

export const AXIS: Skin = {
  versions: CAMERA_FIRMWARES,
  usual: (persona) => cameraOf(persona).firmware,
  tls: {stack: 'firmware-tls12', certificate: 'axis'},
  server: (facts) => {
    const {apache, modules} = cameraOf(facts.persona)
    return createProduct('apache', facts.persona, {
      port: facts.port,
      secure: facts.secure,
      site: vapix(facts),
      version: apache,
      build: {flavour: FIRMWARE_FLAVOUR, modules},
    })
  },
  application: (facts) =>
    new Pages(
      [
        {path: '/', answer: () => entrance(facts)},
        {path: '/index.html', answer: () => entrance(facts)},
        {path: '/camera', answer: () => shell(facts)},
        {path: '/camera/', answer: () => shell(facts)},
        {path: LIVE_VIEW, answer: () => shell(facts)},
        {path: '/favicon.ico', answer: icon([255, 204, 51], 'image/x-icon')},
        {path: DEVICE_INFO, methods: ['POST'], answer: (asked) => deviceInfo(asked, facts)},
      ],
      null,
    ),
  guard: ({persona}, passwords) => digestGuard(persona, realmOf(persona), passwords),
}

const realmOf = (persona: Persona): string => `AXIS_${cameraOf(persona).serial}`

/** Files of the firmware are as old as it is. */
function fromFirmware({persona}: SkinFacts, html: string): AppResponse {
  const written = builtAt(cameraOf(persona))
  const headers: HeaderList = [
    ['Last-Modified', httpDate(written)],
    ['Accept-Ranges', 'bytes'],
    ['Cache-Control', 'no-cache'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Content-Type', 'text/html'],
  ]
  return answer(200, headers, html)
}

const builtAt = ({built}: Camera): number => Date.parse(`${built} UTC`)

function entrance(facts: SkinFacts): AppResponse {
  const head = `<meta http-equiv="refresh" content="0;url=${LIVE_VIEW}">\n`
  return fromFirmware(facts, htmlPage({title: 'AXIS', head, body: `<a href="${LIVE_VIEW}">AXIS</a>`}))
}

/** Everything in it is loaded by scripts, which ask for a password as soon as they ask for anything. */
function shell(facts: SkinFacts): AppResponse {
  const head = '<script src="/camera/vendor.js"></script>\n<script src="/camera/main.js"></script>\n'
  return fromFirmware(facts, htmlPage({title: 'AXIS', head, body: '<div id="root"></div>'}))
}

/** `AXIS P3245-LV`, without the brand. */
const numberOf = ({name}: Camera): string => name.replace(/^AXIS /, '')

/** VAPIX, basic device information: what it says of itself to everybody, and nothing else without a password. */
function deviceInfo({body}: Asked, {persona, version}: SkinFacts): AppResponse {
  const text = body.captured.toString('utf8')
  if (!/"method"\s*:\s*"getAllUnrestrictedProperties"/.test(text)) {
    return json(200, {apiVersion: '1.3', error: {code: '2004', message: 'Method not found'}})
  }
  const camera = cameraOf(persona)
  const propertyList = {
    Brand: 'AXIS',
    BuildDate: camera.built,
    HardwareID: camera.hardware,
    ProdFullName: `${camera.name} ${camera.kind}`,
    ProdNbr: numberOf(camera),
    ProdShortName: camera.name,
    ProdType: camera.kind,
    ProdVariant: '',
    SerialNumber: camera.serial,
    Version: version,
    WebURL: 'http://www.axis.com',
  }
  return json(200, {apiVersion: '1.3', data: {propertyList}})
}

/** What a user finds who is let in. */
function vapix({persona, version}: SkinFacts): Site {
  const camera = cameraOf(persona)
  const parameters = [
    ['Brand.Brand', 'AXIS'],
    ['Brand.ProdFullName', `${camera.name} ${camera.kind}`],
    ['Brand.ProdNbr', numberOf(camera)],
    ['Brand.ProdShortName', camera.name],
    ['Brand.ProdType', camera.kind],
    ['Network.HostName', persona.hostname],
    ['Network.IPAddress', persona.facts.ip],
    ['Properties.Firmware.BuildDate', camera.built],
    ['Properties.Firmware.Version', version],
    ['Properties.System.HardwareID', camera.hardware],
    ['Properties.System.SerialNumber', camera.serial],
  ]
  const list = parameters.map(([name = '', value = '']) => `root.${name}=${value}\n`).join('')
  const document = (text: string): Document => ({
    body: Buffer.from(text, 'utf8'),
    type: 'text/plain',
    modified: builtAt(camera),
  })
  return new Site(
    new Map([
      ['/axis-cgi/param.cgi', document(list)],
      ['/axis-cgi/usergroup.cgi', document('root\nroot axis ptz viewer operator admin\n')],
    ]),
    [],
    [],
  )
}
