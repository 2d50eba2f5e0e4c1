import {request} from 'node:https'
import {afterEach, describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {packDirectory} from '../../../../src/decoy/directory-archive.ts'
import {createService} from '../../../../src/decoy/services/https/server.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {personaWith} from '../http/fixture-site.ts'

let server: Served | undefined
afterEach(() => server?.close())

interface Page {
  readonly status: number
  readonly challenge: string
  readonly body: string
}

async function fetched(options: OptionValues, auth?: string): Promise<Page> {
  server = await serve(await createService(personaWith({}), {product: 'apache', ...options}), {
    port: 443,
    service: 'https',
  })
  const {port} = server
  const target = {port, host: '127.0.0.1', path: '/', rejectUnauthorized: false, agent: false, ...(auth && {auth})}
  return new Promise((resolve, reject) => {
    const sent = request(target, (response) => {
      let body = ''
      response.setEncoding('latin1')
      response.on('data', (text: string) => {
        body += text
      })
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          challenge: String(response.headers['www-authenticate'] ?? ''),
          body,
        }),
      )
    })
    sent.once('error', reject)
    sent.end()
  })
}

describe('the options of the pages behind TLS', () => {
  it('page and title: a form to sign in at', async () => {
    const {status, body} = await fetched({page: 'login', title: 'Payroll 7'})
    expect(status).toBe(200)
    expect(body).toContain('Payroll 7')
    expect(body).toMatch(/type="?password/i)
  })

  it('page and realm: a password that the browser asks for', async () => {
    expect(await fetched({page: 'basic', realm: 'Plant 4'})).toMatchObject({
      status: 401,
      challenge: 'Basic realm="Plant 4"',
    })
  })

  it("users and site: the operator's own pages behind it", async () => {
    const {text} = packDirectory(new Map([['/index.html', Buffer.from('<h1>Shifts</h1>')]]))
    const options = {page: 'basic', site: text, users: ['ops:Winter-2026']}
    expect((await fetched(options, 'ops:wrong')).status).toBe(401)
    await server?.close()
    expect(await fetched(options, 'ops:Winter-2026')).toMatchObject({status: 200, body: '<h1>Shifts</h1>'})
  })
})
