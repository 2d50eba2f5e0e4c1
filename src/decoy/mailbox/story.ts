import type {Mailbox} from '../persona/mailboxes.ts'
import type {Company} from './company.ts'
import type {Attachment} from './compose.ts'

/** One mail to the owner of a box, without its addresses as text. */
export interface Tale {
  readonly from: Pick<Mailbox, 'name' | 'user'>
  /** Others it went to. */
  readonly cc?: readonly Mailbox[]
  readonly subject: string
  readonly text: string
  readonly attachment?: Attachment
  /** What the owner answered. */
  readonly answer?: string
}

/** `index` tells one mail of a kind from the next. */
export type Story = (company: Company, owner: Mailbox, index: number) => Tale
