import {DecnetError} from '../../src/fleet/errors.ts'

/** The DecnetError that an action throws; any other error is passed on. */
export function refusalOf(action: () => unknown): DecnetError {
  try {
    action()
  } catch (error) {
    return asRefusal(error)
  }
  throw new Error('nothing was refused')
}

/** The DecnetError that a promise rejects with; any other error is passed on. */
export async function rejectionOf(promise: Promise<unknown>): Promise<DecnetError> {
  try {
    await promise
  } catch (error) {
    return asRefusal(error)
  }
  throw new Error('nothing was refused')
}

function asRefusal(error: unknown): DecnetError {
  if (error instanceof DecnetError) return error
  throw error
}
