/** The release that is played: its answers were compared with those of this one, byte for byte. */
import type {Persona} from '../../persona.ts'

export const RELEASE = {
  version: '3.10.8',
  erlang: '25.2.3',
  copyright: 'Copyright (c) 2007-2022 VMware, Inc. or its affiliates.',
  information: 'Licensed under the MPL 2.0. Website: https://rabbitmq.com',
} as const

/** `rabbit@host`: the node, and the cluster until somebody renames it. */
export const nodeOf = (persona: Persona): string => `rabbit@${persona.hostname}`
