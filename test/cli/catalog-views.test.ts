import {describe, expect, it} from 'vitest'

import {serviceReferences} from '../../src/catalog/reference.ts'
import {catalogOutcome} from '../../src/cli/catalog-command.ts'
import {servicesView, serviceView} from '../../src/cli/views/catalog.ts'
import {makeStyle} from '../../src/cli/views/style.ts'
import {wrap} from '../../src/cli/views/wrap.ts'

const PLAIN = makeStyle({isTTY: false, noColorFlag: true, env: {}})
const services = serviceReferences()
const pages = {kind: 'service', items: services, list: servicesView, one: serviceView}

describe('the catalogue on a terminal', () => {
  it.each([60, 80, 200])('as a list fits into %i columns', (width) => {
    for (const line of servicesView(services, width).split('\n')) expect(line.length).toBeLessThanOrEqual(width)
  })

  it('one by one wraps its prose', () => {
    for (const service of services) {
      const text = serviceView(service, PLAIN, 80)
      const prose = text.slice(0, text.indexOf('EXAMPLE')).split('\n')
      // What is copied stays whole.
      for (const line of prose.filter((each) => !each.includes(' = '))) expect(line.length).toBeLessThanOrEqual(80)
      for (const {name} of service.options) expect(text).toContain(`\n  ${name}`)
      expect(text).toContain(service.example.split('\n')[0])
    }
  })
})

describe('a name of the catalogue', () => {
  it('is found whatever its case; without one all are listed', () => {
    expect(catalogOutcome(pages, 'SSH', false).document).toMatchObject({
      schema: 'decnet.services/v1',
      services: [{name: 'ssh'}],
    })
    expect(catalogOutcome(pages, undefined, false).document).toMatchObject({services})
  })

  it('that is none is wrong usage with a suggestion', () => {
    expect(() => catalogOutcome(pages, 'reddis', false)).toThrow(
      expect.objectContaining({code: 'USAGE', hint: 'did you mean "redis"?'}),
    )
  })
})

describe('wrapped text', () => {
  it('is broken at spaces, indented, and whole where a word is too long', () => {
    expect(wrap('aaaa bbbb cccc dddd eeee', 20, '  ')).toBe('  aaaa bbbb cccc dddd\n  eeee')
    expect(wrap('x'.repeat(300), 80)).toBe('x'.repeat(300))
    expect(wrap('', 80, '  ')).toBe('  ')
  })
})
