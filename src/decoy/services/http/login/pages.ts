import type {Persona} from '../../../persona.ts'
import {escapeHtml} from '../response.ts'

const ACCENTS = ['#1f4e79', '#2b5f4a', '#5a3d6b', '#7a3b2e', '#33475b'] as const
/** A user name is echoed as it was typed, up to here. */
const ECHO_LIMIT = 64
const DAY_MS = 86_400_000

/** `refused`: the name that was just refused, or null on the first visit. Names are latin1 text. */
export function signInPage(title: string, persona: Persona, refused: string | null): string {
  const error =
    refused === null
      ? ''
      : '<p class="error" role="alert">The user name or password is incorrect. Please try again.</p>\n'
  return document(
    title,
    persona,
    `<form method="post" action="/login" autocomplete="off">
<h1>${escapeHtml(title)}</h1>
${error}<label for="username">User name</label>
<input id="username" name="username" type="text" value="${escapeHtml(echo(refused ?? ''))}" autofocus required>
<label for="password">Password</label>
<input id="password" name="password" type="password" required>
<button type="submit">Sign in</button>
</form>
<footer>Authorised users only. Activity on this system is logged.</footer>`,
  )
}

/** What a guest with a honey credential finds: nothing of interest, and nothing that leads on. */
export function homePage(title: string, user: string, persona: Persona, now: number): string {
  const day = new Date(now - persona.integer('http-notice-age', 3, 40) * DAY_MS).toISOString().slice(0, 10)
  return document(
    title,
    persona,
    `<main>
<h1>${escapeHtml(title)}</h1>
<p>Signed in as <b>${escapeHtml(echo(user))}</b>. <a href="/logout">Sign out</a></p>
<h2>Notices</h2>
<p>${day}: scheduled maintenance is finished. Documents are read-only until the index is rebuilt.</p>
<h2>Documents</h2>
<p>No documents have been shared with you.</p>
</main>`,
  )
}

const echo = (latin1: string): string => Buffer.from(latin1.slice(0, ECHO_LIMIT), 'latin1').toString('utf8')

function document(title: string, persona: Persona, body: string): string {
  const accent = persona.pick('http-accent', ACCENTS)
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body{margin:0;background:#eef1f4;font:15px/1.5 "Segoe UI",Roboto,Arial,sans-serif;color:#222}
form,main{max-width:22em;margin:12vh auto 1em;padding:2em;background:#fff;border-top:4px solid ${accent};box-shadow:0 1px 4px #0003}
h1{margin:0 0 1em;font-size:1.3em;color:${accent}}
label{display:block;margin:.8em 0 .2em}
input{width:100%;box-sizing:border-box;padding:.5em;border:1px solid #b5bcc4}
button{margin-top:1.4em;padding:.5em 1.6em;border:0;background:${accent};color:#fff}
.error{padding:.5em .8em;background:#fbe9e7;color:#a3261b}
footer{text-align:center;font-size:.8em;color:#667}
</style>
</head>
<body>
${body}
</body>
</html>
`
}
