/** Mails of an operator's own, packed as `email_seed` is. */
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {packDirectory} from '../../../../src/decoy/directory-archive.ts'

const INVOICE = `Received: from mx.example\r
\tby mail01.corp.example; Tue, 3 Nov 2026 09:00:05 +0100\r
Date: Tue, 3 Nov 2026 09:00:00 +0100\r
Message-ID: <1@partner.example>\r
From: Eve <eve@partner.example>\r
To: deploy@corp.example\r
Subject: Invoice 4711\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: 8bit\r
\r
Gr\xfc\xdfe\r
.\r
--b\r
Content-Type: application/pdf; name="i.pdf"\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0xLjQ=\r
--b--\r
`
/** Neither date nor identifier, and no line end at its end. */
const NOTE = 'Subject: VPN\nX-Note:  kept  as is \n\nnew token tomorrow'

const packed = (...mails: readonly (readonly [string, string])[]): string =>
  packDirectory(new Map(mails.map(([name, text]) => [`/${name}`, Buffer.from(text, 'latin1')]))).text

export const USERS = ['deploy:Summer2024', 'ops:Winter2024']
export const SEEDED: OptionValues = {users: USERS, email_seed: packed(['2-note.eml', NOTE], ['1-invoice.eml', INVOICE])}
export const OTHERWISE: OptionValues = {users: USERS, email_seed: packed(['1.eml', NOTE])}
/** As they are served, Latin-1. */
export const SERVED = [INVOICE, NOTE.replaceAll('\n', '\r\n')] as const
