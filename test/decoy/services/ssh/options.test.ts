import ssh2 from 'ssh2'
import {afterEach, expect, it} from 'vitest'

import {eventually, type Served} from '../../../support/serve.ts'
import {HONEY, serveSsh} from './ssh-world.ts'

let served: Served | undefined
const client = new ssh2.Client()
afterEach(async () => {
  client.destroy()
  await served?.close()
})

it('motd takes the place of what the distribution says after a login', async () => {
  served = await serveSsh({...HONEY, motd: 'Maintenance on Sunday'})
  const {port} = served
  await new Promise((resolve) => {
    client.once('ready', () => resolve(null)).connect({host: '127.0.0.1', port, username: 'root', password: 'toor'})
  })
  let shown = ''
  client.shell((_error, stream) => {
    stream.on('data', (bytes: Buffer) => {
      shown += bytes.toString('latin1')
    })
  })
  await eventually(() => shown.includes('# '))
  expect(shown).toMatch(/^Maintenance on Sunday\r\n/)
  expect(shown).not.toContain('Debian')
})
