/** What calls of MS-RPC return, whatever they ask. */
import {type CallResult, FAULT} from '../../../codecs/dcerpc/association.ts'
import type {NdrWriter} from '../../../codecs/dcerpc/ndr.ts'

/** MS-ERREF §2.2. */
export const WIN32 = {SUCCESS: 0, ACCESS_DENIED: 5, INVALID_LEVEL: 124, NO_SUCH_SHARE: 2310} as const

/** The result's parameters, then its code. */
export const returned = (out: NdrWriter, code: number): CallResult => ({stub: out.align(4).u32(code).done()})

export const OUT_OF_RANGE: CallResult = {fault: FAULT.OPERATION_RANGE}

/** A context handle (C706 §14.3.12.8): attributes and a UUID. */
export const HANDLE_SIZE = 20
export const NO_HANDLE = Buffer.alloc(HANDLE_SIZE)
