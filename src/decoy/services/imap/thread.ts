/** THREAD (RFC 5256 section 3): mails that answer each other, or that have one subject. */
import type {Message} from '../../mailbox/folder.ts'
import {fieldValue} from '../../mailbox/header-fields.ts'
import {partsOf} from '../../mailbox/mime.ts'
import {baseSubject, sentAt} from './sort.ts'

export const THREAD_KINDS: ReadonlySet<string> = new Set(['ORDEREDSUBJECT', 'REFERENCES', 'REFS'])

const MAX_REFERENCES = 50
/** Answers to answers; what is deeper is shown beside. */
const MAX_DEPTH = 50

interface Node {
  readonly message: Message
  readonly children: Node[]
}

/** `number` is what a message is called in the answer. */
export function threads(kind: string, messages: readonly Message[], number: (message: Message) => number): string {
  const roots = kind === 'ORDEREDSUBJECT' ? bySubject(messages) : byReferences(messages)
  return roots.map((root) => `(${shown(root, number, 0)})`).join('')
}

function shown({message, children}: Node, number: (message: Message) => number, depth: number): string {
  const own = String(number(message))
  const [only] = children
  if (only === undefined || depth > MAX_DEPTH) return own
  if (children.length === 1) return `${own} ${shown(only, number, depth + 1)}`
  return `${own} ${children.map((child) => `(${shown(child, number, depth + 1)})`).join('')}`
}

const inTime = (nodes: Node[]): Node[] => nodes.sort((one, other) => sentAt(one.message) - sentAt(other.message))

function bySubject(messages: readonly Message[]): Node[] {
  const groups = [...Map.groupBy(messages, baseSubject).values()].map((group) =>
    inTime(group.map((message): Node => ({message, children: []}))),
  )
  const roots = groups.flatMap(([first, ...others]): Node[] =>
    first === undefined ? [] : [{message: first.message, children: others}],
  )
  return inTime(roots)
}

const identifiers = ({raw}: Message, name: string): string[] =>
  (fieldValue(partsOf(raw).header.fields, name) ?? '').match(/<[^<>\s]{1,250}>/g)?.slice(-MAX_REFERENCES) ?? []

function byReferences(messages: readonly Message[]): Node[] {
  const nodes = messages.map((message): Node => ({message, children: []}))
  const byId = new Map(
    nodes.flatMap((node) => identifiers(node.message, 'Message-ID').map((id) => [id, node] as const)),
  )
  const parents = new Map<Node, Node>()
  const roots: Node[] = []
  for (const node of nodes) {
    const before = [...identifiers(node.message, 'In-Reply-To').slice(0, 1), ...identifiers(node.message, 'References')]
    const parent = before
      .reverse()
      .map((id) => byId.get(id))
      .find((found) => found !== undefined && !isBelow(found, node, parents))
    if (parent === undefined) roots.push(node)
    else {
      parents.set(node, parent)
      parent.children.push(node)
    }
  }
  for (const node of nodes) inTime(node.children)
  return inTime(roots)
}

/** Whether a node is the other one, or an answer to it. */
function isBelow(node: Node, other: Node, parents: ReadonlyMap<Node, Node>): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = parents.get(at)) if (at === other) return true
  return false
}
