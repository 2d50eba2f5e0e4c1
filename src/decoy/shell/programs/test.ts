/** `test` and `[` (XCU 4, test). */

import {allows, PERMISSION, sizeOf} from '../../files/nodes.ts'
import {absolutePath} from '../../files/paths.ts'
import type {Call, Program, Programs} from '../command.ts'

const test: Program = (call) => {
  const args = [...call.args]
  if (call.name === '[' || call.name === '[[') {
    if (args.pop()?.startsWith(']') !== true) {
      call.err(`${call.shell.options.name}: [: missing \`]'\n`)
      return 2
    }
  }
  return evaluate(call, args) ? 0 : 1
}

/** Left to right; `-o` binds weakest, then `-a`, then `!`. */
function evaluate(call: Call, args: readonly string[]): boolean {
  for (const [word, combine] of [
    ['-o', (left: boolean, right: boolean) => left || right],
    ['||', (left: boolean, right: boolean) => left || right],
    ['-a', (left: boolean, right: boolean) => left && right],
    ['&&', (left: boolean, right: boolean) => left && right],
  ] as const) {
    const at = args.indexOf(word, 1)
    if (at > 0 && args.length > 3) return combine(evaluate(call, args.slice(0, at)), evaluate(call, args.slice(at + 1)))
  }
  if (args[0] === '!') return !evaluate(call, args.slice(1))
  const [first = '', second = '', third = ''] = args
  if (args.length <= 1) return first !== ''
  return args.length === 2 ? unary(call, first, second) : binary(first, second, third)
}

function unary(call: Call, operator: string, operand: string): boolean {
  if (operator === '-z') return operand === ''
  if (operator === '-n') return operand !== ''
  const {files} = call.machine
  try {
    const node = files.node(absolutePath(call.shell.cwd, operand), call.account, operator !== '-L' && operator !== '-h')
    switch (operator) {
      case '-d':
        return node.kind === 'directory'
      case '-f':
        return node.kind === 'file'
      case '-L':
      case '-h':
        return node.kind === 'link'
      case '-s':
        return sizeOf(node) > 0
      case '-r':
        return allows(node, call.account, PERMISSION.read)
      case '-w':
        return allows(node, call.account, PERMISSION.write)
      case '-x':
        return allows(node, call.account, PERMISSION.execute)
      default:
        return operator === '-e'
    }
  } catch {
    return false
  }
}

function binary(left: string, operator: string, right: string): boolean {
  const [a, b] = [Number(left), Number(right)]
  switch (operator) {
    case '=':
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '-eq':
      return a === b
    case '-ne':
      return a !== b
    case '-lt':
      return a < b
    case '-le':
      return a <= b
    case '-gt':
      return a > b
    case '-ge':
      return a >= b
    default:
      return false
  }
}

export const TEST: Programs = {test, '[': test, '[[': test}
