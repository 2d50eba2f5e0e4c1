import {type Plan, shownAddress} from '../../fleet/plan.ts'
import {sanitize} from '../views/text.ts'

interface Words {
  readonly doing: string
  readonly done: string
}

/** An image that has to be ensured was not there: a plan calls that `create` too. */
const WORDS: Readonly<Record<string, Words>> = {
  create: {doing: 'creating', done: 'created'},
  ensure: {doing: 'creating', done: 'created'},
  replace: {doing: 'replacing', done: 'replaced'},
  restart: {doing: 'restarting', done: 'restarted'},
  remove: {doing: 'removing', done: 'removed'},
}

/** What is going on, and what it comes to, of an action such as `decky.create`. */
export function wordsOf(action: string): Words {
  return WORDS[action.slice(action.indexOf('.') + 1)] ?? {doing: sanitize(action), done: 'ok'}
}

/** How the addresses of a plan are shown, by address. */
export function labelsOf(plan: Plan): Map<string, string> {
  return new Map(plan.operations.map((operation) => [operation.address, sanitize(shownAddress(operation, plan))]))
}
