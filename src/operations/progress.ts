import type {Plan} from '../fleet/plan.ts'

/** What a running command tells its audience. Views format it; operations never do. */
export type ProgressEvent =
  | {readonly type: 'plan'; readonly plan: Plan}
  | {readonly type: 'waiting-for-lock'; readonly holder: string}
  | {readonly type: 'notice'; readonly message: string}
  | {
      readonly type: 'operation.started'
      readonly address: string
      readonly action: string
      readonly cause: string
    }
  | {readonly type: 'operation.step'; readonly address: string; readonly step: string}
  | {
      readonly type: 'operation.finished'
      readonly address: string
      readonly action: string
      readonly result: 'ok' | 'failed' | 'skipped'
      readonly error: string | null
      readonly durationMs: number
    }
  | {readonly type: 'done'; readonly durationMs: number}

export type ProgressListener = (event: ProgressEvent) => void
