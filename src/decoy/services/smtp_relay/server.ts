/** A decoy mail server that has been left open to everybody. */
import type {CreateService} from '../../service.ts'
import {createMailService} from '../smtp/server.ts'

export const createService: CreateService = (persona, options) => createMailService(persona, options, {open: true})
