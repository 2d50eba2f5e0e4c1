import {expect, it} from 'vitest'

import {replies, search} from './client.ts'
import {CONTROLLER, dial, LINUX, ldapService} from './support.ts'

/** Attributes of the root entry, which anybody may read. */
async function root(product: string | null, facts = LINUX): Promise<string[]> {
  const client = dial(await ldapService(product === null ? {} : {product}, facts))
  const [entry] = replies(client.send(search(1, {base: '', scope: 0, attributes: ['*', '+']})))
  return [...(entry?.attributes.keys() ?? [])].map((name) => name.toLowerCase())
}

it('product decides over the operating system', async () => {
  expect(await root(null)).not.toContain('dnshostname')
  expect(await root('active-directory')).toContain('dnshostname')
  expect(await root(null, CONTROLLER)).toContain('dnshostname')
  expect(await root('openldap', CONTROLLER)).not.toContain('dnshostname')
})
