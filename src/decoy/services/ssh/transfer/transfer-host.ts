/** What a file transfer of one SSH session works on. */

import {Upload, type UploadPool} from '../../../files/upload.ts'
import type {Limits} from '../../../limits.ts'
import type {Account} from '../../../shell/accounts.ts'
import type {Machine} from '../../../shell/machine.ts'

export interface TransferHost {
  readonly machine: Machine
  readonly account: Account
  readonly limits: Limits
  readonly pool: UploadPool
  /** Uploads left in this connection. */
  readonly budget: {uploads: number}
  fileRead(path: string): void
  fileWritten(path: string, data: Buffer): void
}

/** Null: the connection has used up its uploads. */
export function beginUpload(host: TransferHost): Upload | null {
  if (host.budget.uploads <= 0) return null
  host.budget.uploads--
  return new Upload(host.pool, host.limits.uploadBytes)
}

/** Records a finished upload and keeps it where there is room; evidence comes before believability. */
export function endUpload(host: TransferHost, path: string, upload: Upload, mode: number): boolean {
  const data = upload.finish()
  host.fileWritten(path, data)
  try {
    host.machine.files.write(path, data, host.account, {mode})
    return true
  } catch {
    return false
  }
}
