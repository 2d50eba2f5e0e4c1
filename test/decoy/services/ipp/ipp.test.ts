import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {printerOf} from '../../../../src/decoy/persona/printer.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {OPERATION, STATUS, TAG} from '../../../../src/decoy/services/ipp/wire/tags.ts'
import {FACTS, NOW} from '../jetdirect/support.ts'
import {ask, exchange, ippRequest, ippService, LINUX, PRINTER_URI, post, valuesOf} from './support.ts'

const {model, serial} = printerOf(new Persona(FACTS))
const GET = OPERATION.GET_PRINTER_ATTRIBUTES
const requested = (...names: string[]) => [['requested-attributes', TAG.KEYWORD, ...names] as const]
const get = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 192.168.1.5\r\n\r\n`)

describe('Get-Printer-Attributes', () => {
  it('tells the model and the serial number that every service of the printer tells', async () => {
    const told = ask(await ippService(), {operation: GET})
    expect(told.head).toContain('Content-Type: application/ipp')
    expect(told.status).toBe(STATUS.OK)
    expect(valuesOf(told, 'printer-make-and-model')).toEqual([model.name])
    expect(valuesOf(told, 'printer-device-id')[0]).toContain(`SN:${serial};`)
    expect(valuesOf(told, 'printer-uri-supported')).toEqual([PRINTER_URI])
    expect(valuesOf(told, 'printer-state')).toEqual([3])
    expect(told.attributes.length).toBeGreaterThan(90)
    expect(told.events).toMatchObject([
      {event: 'request', data: {operation: 'Get-Printer-Attributes', status: '0x0000'}},
    ])
  })

  it('tells what was asked for, one by one and by group', async () => {
    const service = await ippService()
    const names = (...wanted: string[]): string[] =>
      ask(service, {operation: GET, more: requested(...wanted)})
        .attributes.filter(({group}) => group === 4)
        .map(({name}) => name)
        .filter((name) => name !== '')
    expect(names('printer-name', 'nothing')).toEqual(['printer-name'])
    expect(names('job-template')).toContain('media-default')
    expect(names('job-template')).not.toContain('printer-name')
    expect(names('printer-description')).not.toContain('media-default')
    expect(names('all')).not.toContain('media-col-database')
    expect(names('media-col-database')).toContain('media-col-database')
  })

  it('differs between two deckies in what is an identity', async () => {
    const tell = async (seed: string) => ask(await ippService({}, {seed}), {operation: GET})
    const [one, two] = [await tell('11'.repeat(32)), await tell('22'.repeat(32))]
    for (const name of ['printer-uuid', 'printer-serial-number', 'printer-firmware-string-version']) {
      expect(valuesOf(one, name)).not.toEqual(valuesOf(two, name))
    }
  })

  it('tells where the operator says that the printer stands', async () => {
    expect(valuesOf(ask(await ippService({location: '2nd floor'}), {operation: GET}), 'printer-location')).toEqual([
      '2nd floor',
    ])
    expect(valuesOf(ask(await ippService({port: 8631}), {operation: GET}), 'printer-uri-supported')).toEqual([
      'ipp://192.168.1.5:8631/ipp/print',
    ])
  })
})

describe('a request that is none', () => {
  it.each([
    ['request-id 0', {id: 0}, STATUS.BAD_REQUEST],
    ['no attributes', {base: [], uri: null}, STATUS.BAD_REQUEST],
    [
      'attributes in another order',
      {
        base: [
          ['attributes-natural-language', TAG.LANGUAGE, 'en'],
          ['attributes-charset', TAG.CHARSET, 'utf-8'],
        ],
      },
      STATUS.BAD_REQUEST,
    ],
    ['no printer', {uri: null}, STATUS.BAD_REQUEST],
    ['another printer', {uri: 'ipp://192.168.1.5/printers/x'}, STATUS.NOT_FOUND],
    ['version 0.0', {version: [0, 0]}, STATUS.VERSION_NOT_SUPPORTED],
    ['version 3.0', {version: [3, 0]}, STATUS.VERSION_NOT_SUPPORTED],
    [
      'another charset',
      {
        base: [
          ['attributes-charset', TAG.CHARSET, 'utf-7'],
          ['attributes-natural-language', TAG.LANGUAGE, 'en'],
        ],
      },
      STATUS.CHARSET_NOT_SUPPORTED,
    ],
  ] as const)('is refused for what it is: %s', async (_, asked, status) => {
    expect(ask(await ippService(), {operation: GET, ...asked}).status).toBe(status)
  })

  it('is refused where the operation is unknown', async () => {
    expect(ask(await ippService(), {operation: 0x3fff}).status).toBe(STATUS.OPERATION_NOT_SUPPORTED)
    expect(ask(await ippService(), {operation: OPERATION.CUPS_GET_PRINTERS}).status).toBe(
      STATUS.OPERATION_NOT_SUPPORTED,
    )
  })

  it('is recorded as malformed where it ends in the middle', async () => {
    const {reply, events} = exchange(await ippService(), post(ippRequest({operation: GET}).subarray(0, 40)))
    expect(reply.includes(Buffer.from([1, 1, 0x04, 0x00]))).toBe(true)
    expect(events.some(({event}) => event === 'malformed')).toBe(true)
  })
})

describe('a job', () => {
  const print = {operation: OPERATION.PRINT_JOB, document: '%!PS\nshowpage\n'}
  const more = [
    ['requesting-user-name', TAG.NAME, 'bob'],
    ['job-name', TAG.NAME, 'plan.doc'],
    ['document-format', TAG.MIME, 'application/postscript'],
  ] as const

  it('is taken, kept as evidence, and told of until it is printed', async () => {
    const service = await ippService()
    const told = ask(service, {...print, more})
    expect(told.status).toBe(STATUS.OK)
    const [id] = valuesOf(told, 'job-id')
    expect(valuesOf(told, 'job-uri')).toEqual([`${PRINTER_URI}/${id}`])
    const sha256 = createHash('sha256').update(print.document).digest('hex')
    expect(told.events.at(-1)).toMatchObject({
      event: 'file.write',
      data: {path: 'job/plan.doc', user: 'bob', language: 'POSTSCRIPT', format: 'application/postscript', sha256},
    })
    const jobs = (when: number, which: string) =>
      valuesOf(
        ask(service, {operation: OPERATION.GET_JOBS, more: [['which-jobs', TAG.KEYWORD, which]]}, when),
        'job-id',
      )
    expect([jobs(NOW, 'not-completed'), jobs(NOW, 'completed')]).toEqual([[id], []])
    expect([jobs(NOW + 60_000, 'not-completed'), jobs(NOW + 60_000, 'completed')]).toEqual([[], [id]])
    const state = (when: number) =>
      valuesOf(
        ask(service, {operation: OPERATION.GET_JOB_ATTRIBUTES, more: [['job-id', TAG.INTEGER, Number(id)]]}, when),
        'job-state',
      )
    expect([state(NOW), state(NOW + 60_000)]).toEqual([[5], [9]])
  })

  it('is kept as evidence even where the printer refuses it', async () => {
    const told = ask(await ippService(), {...print, more: [['document-format', TAG.MIME, 'application/x-evil']]})
    expect(told.status).toBe(STATUS.FORMAT_NOT_SUPPORTED)
    expect(told.events.map(({event}) => event)).toEqual(['request', 'file.write'])
  })

  it('may come in two steps, and be canceled', async () => {
    const service = await ippService()
    const id = Number(valuesOf(ask(service, {operation: OPERATION.CREATE_JOB, more}), 'job-id')[0])
    const named = [['job-id', TAG.INTEGER, id]] as const
    const send = {operation: OPERATION.SEND_DOCUMENT, document: 'text'}
    expect(ask(service, {...send, more: named}).status).toBe(STATUS.BAD_REQUEST)
    expect(ask(service, {...send, more: [...named, ['last-document', TAG.BOOLEAN, true]]}).status).toBe(STATUS.OK)
    expect(ask(service, {operation: OPERATION.CANCEL_JOB, more: named}).status).toBe(STATUS.OK)
    expect(ask(service, {operation: OPERATION.CANCEL_JOB, more: named}).status).toBe(STATUS.NOT_POSSIBLE)
    expect(ask(service, {operation: OPERATION.CANCEL_JOB, more: [['job-id', TAG.INTEGER, 1]]}).status).toBe(
      STATUS.NOT_FOUND,
    )
  })

  it('is validated without being printed', async () => {
    const service = await ippService()
    expect(ask(service, {operation: OPERATION.VALIDATE_JOB, more}).status).toBe(STATUS.OK)
    expect(valuesOf(ask(service, {operation: OPERATION.GET_JOBS}), 'job-id')).toEqual([])
  })

  it('of megabytes leaves its digest and its beginning', async () => {
    const document = 'x'.repeat(3 * 1024 * 1024)
    const {events} = ask(await ippService(), {...print, document})
    const sha256 = createHash('sha256').update(document).digest('hex')
    expect(events.at(-1)).toMatchObject({event: 'file.write', data: {sha256, size: document.length, kept: 48 * 1024}})
  })
})

describe('the pages', () => {
  it('of the printer are those of its web server', async () => {
    const service = await ippService({users: ['admin:toor']})
    const {reply} = exchange(service, get('/'))
    expect(reply.toString('latin1')).toMatch(
      new RegExp(`^HTTP/1\\.1 200 OK\\r\\nServer: HP HTTP Server; ${model.name} - `),
    )
    const form = 'PasswordTextBox=toor'
    const login = exchange(
      service,
      Buffer.from(
        `POST /hp/device/SignIn/Index HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`,
      ),
    )
    expect(login.events.at(-1)).toMatchObject({
      event: 'auth.attempt',
      credential: {principal: 'admin', outcome: 'success'},
    })
  })
})

describe('CUPS', () => {
  const QUEUE = `ipp://print01.corp.example/printers/${model.name.replaceAll(' ', '_')}`

  it('is what Linux has, with a queue of a printer elsewhere', async () => {
    const service = await ippService({}, LINUX)
    const told = ask(service, {operation: OPERATION.CUPS_GET_PRINTERS, uri: null})
    expect(told.head).toMatch(/\r\nServer: CUPS\/2\.4 IPP\/2\.1\r\nX-Frame-Options: DENY\r\n/)
    expect(valuesOf(told, 'printer-uri-supported')).toEqual([QUEUE])
    expect(ask(service, {operation: GET, uri: QUEUE}).status).toBe(STATUS.OK)
    expect(ask(service, {operation: OPERATION.CUPS_GET_DEVICES, uri: null}).status).toBe(STATUS.FORBIDDEN)
    expect(valuesOf(ask(service, {operation: OPERATION.PRINT_JOB, uri: QUEUE, document: 'x'}), 'job-uri')[0]).toMatch(
      /^ipp:\/\/print01\.corp\.example\/jobs\/\d+$/,
    )
  })

  /** Recorded from cups-daemon 2.4.2-3+deb12u9 with `WebInterface No`. */
  it.each([
    ['/', 404, 'Not Found', '', 342],
    [
      '/printers/x',
      200,
      'Web Interface is Disabled',
      'The web interface is currently disabled. Run "cupsctl WebInterface=yes" to enable it.',
      459,
    ],
  ] as const)('answers GET %s as the real one does, header by header', async (path, status, title, message, length) => {
    const {reply} = exchange(await ippService({product: 'cups', version: '2.4.2'}), get(path))
    expect(reply.toString('latin1')).toBe(`HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Not Found'}\r
Connection: close\r
Content-Language: en\r
Content-Length: ${length}\r
Content-Type: text/html; charset=utf-8\r
Date: Wed, 04 Mar 2026 05:06:07 GMT\r
Accept-Encoding: gzip, deflate, identity\r
Server: CUPS/2.4 IPP/2.1\r
X-Frame-Options: DENY\r
Content-Security-Policy: frame-ancestors 'none'\r
\r
<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<HTML>
<HEAD>
\t<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8">
\t<TITLE>${title} - CUPS v2.4.2</TITLE>
\t<LINK REL="STYLESHEET" TYPE="text/css" HREF="/cups.css">
</HEAD>
<BODY>
<H1>${title}</H1>
<P>${message}</P>
</BODY>
</HTML>
`)
  })

  it('answers HTTP/1.0 in HTTP/1.0', async () => {
    const {reply} = exchange(await ippService({product: 'cups'}), Buffer.from('GET / HTTP/1.0\r\n\r\n'))
    expect(reply.toString('latin1')).toMatch(/^HTTP\/1\.0 404 Not Found\r\nContent-Language: en\r\n/)
  })

  it('is not what a printer has a version of', async () => {
    await expect(ippService({version: '2.4.2'})).rejects.toThrow(/no version of CUPS/)
  })
})
