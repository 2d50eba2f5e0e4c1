/** The report as one page that needs nothing else: no script, no picture, no address of another machine. */

import {counted} from '../../fleet/counted.ts'
import type {UsedCredential} from '../credentials.ts'
import {EVENT_CLASSES, type EventClass} from '../event-table.ts'
import {shortened} from '../formats/text.ts'
import {distinct, summaryOf} from '../incidents/incident.ts'
import type {Session} from '../sessions.ts'
import {type Bucket, type Cell, type IncidentPath, type ReportFacts, SHOWN} from './facts.ts'
import {html, type Markup, Markup as Trusted} from './markup.ts'
import {STYLE} from './style.ts'

const DRAWN: readonly [EventClass, string, string][] = [
  ['scan', 'scan', '#94a3b8'],
  ['interaction', 'interaction', '#e59b2c'],
  ['high-confidence', 'high confidence', '#c2352b'],
]
const MAX_CELL = 90

export function reportPage(facts: ReportFacts): string {
  const {since, until, install} = facts
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>decnet report, ${day(since)} to ${day(until)}</title>
<style>${new Trusted(STYLE)}</style>
</head>
<body>
<main>
<h1>What intruders did</h1>
<div class="faint">${clock(since)} to ${clock(until)} UTC, install ${install === '' ? 'unknown' : install}</div>
${figures(facts)}
${timeline(facts.timeline)}
${incidents(facts.incidents)}
${matrix(facts.matrix)}
${services(facts)}
${credentials(facts.credentials)}
${sessions(facts.sessions)}
</main>
</body>
</html>
`
  return body.html
}

function figures({total, matrix: cells, incidents: all, credentials: used}: ReportFacts): Markup {
  const figure = (count: number, one: string, many = one): Markup =>
    html`<div class="figure"><b>${count.toLocaleString('en')}</b><span class="faint">${count === 1 ? one : many}</span></div>`
  const attempts = used.reduce((sum, {attempts: each}) => sum + each, 0)
  return html`<div class="figures">
${figure(all.length, 'incident', 'incidents')}
${figure(all.filter((each) => each.class === 'high-confidence').length, 'of high confidence')}
${figure(distinct(cells.map(({source}) => source)).length, 'source', 'sources')}
${figure(distinct(cells.map(({decky}) => decky)).length, 'decky touched', 'deckies touched')}
${figure(attempts, 'credential tried', 'credentials tried')}
${figure(total, 'event', 'events')}
</div>`
}

function timeline(buckets: readonly Bucket[]): Markup {
  const [width, height] = [1000, 170]
  const sums = buckets.map(({counts}) => DRAWN.reduce((sum, [name]) => sum + counts[name], 0))
  const most = Math.max(1, ...sums)
  const step = width / buckets.length
  const bars = buckets.map(({counts, start}, index) => {
    let top = height
    return DRAWN.map(([name, label, colour]) => {
      if (counts[name] === 0) return ''
      // The square root keeps one login visible beside a scan of ten thousand ports.
      const share = counts[name] / (sums[index] ?? 1)
      const tall = Math.max(2, share * Math.sqrt((sums[index] ?? 0) / most) * height)
      top -= tall
      return html`<rect x="${fixed(index * step + 1)}" y="${fixed(top)}" width="${fixed(Math.max(1, step - 2))}" height="${fixed(tall)}" fill="${colour}"><title>${clock(start)}: ${counts[name]} ${label}</title></rect>`
    })
  })
  const marks = [0, 0.25, 0.5, 0.75].map((share) => {
    const bucket = buckets[Math.floor(share * buckets.length)]
    return html`<span>${clock(bucket?.start ?? '').slice(5, 16)}</span>`
  })
  const legend = DRAWN.map(([, label, colour]) => html`<span><i style="background:${colour}"></i>${label}</span>`)
  return html`<section><h2>When</h2>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="Events over time">${bars}</svg>
<div class="axis faint">${marks}</div>
<div class="legend faint">${legend} height: square root of the number of events, at most ${most.toLocaleString('en')}</div></section>`
}

function incidents(all: readonly IncidentPath[]): Markup {
  const shown = all.map((incident) => {
    const {id, state, known, first, last, touches, path, note} = incident
    const facts = [`${clock(first)} to ${clock(last)}`, state, ...(known === null ? [] : [`known as ${known}`])]
    return html`<div class="incident"><h3>${tag(incident.class)} Incident ${id}: ${summaryOf(incident, touches)}</h3>
<div class="faint">${facts.join(', ')}${note === null ? '' : `: ${note}`}</div>${pathMap(path)}</div>`
  })
  return html`<section><h2>Incidents</h2>${shown.length === 0 ? nothing('No incidents.') : shown}
${left(all.length, SHOWN.incidents, 'incidents')}</section>`
}

/** The stations of a source, in the order in which it came to them. */
function pathMap(path: IncidentPath['path']): Markup {
  const steps = path.map((station, index) => {
    const {decky, deckies, services, first, events, class: name} = station
    const where = deckies === 1 ? decky : `${deckies} deckies`
    const arrow = index === path.length - 1 ? '' : html`<span class="arrow">→</span>`
    return html`<span class="leg"><span class="step ${name}"><b>${where}</b>${services.join(', ')}<br><span class="faint">${clock(first).slice(5, 16)}, ${counted(events, 'event')}</span></span>${arrow}</span>`
  })
  const more = path.length >= SHOWN.steps ? html`<span class="arrow">→ …</span>` : ''
  return html`<div class="path">${steps}${more}</div>`
}

function matrix(cells: readonly Cell[]): Markup {
  const sources = distinct(cells.map(({source}) => source)).slice(0, SHOWN.sources)
  const weight = ({class: name}: Cell): number => EVENT_CLASSES.indexOf(name)
  const deckies = distinct(cells.toSorted((a, b) => weight(b) - weight(a)).map(({decky}) => decky))
    .slice(0, SHOWN.deckies)
    .toSorted((a, b) => a.localeCompare(b, 'en', {numeric: true}))
  const byPlace = new Map(cells.map((cell) => [`${cell.source} ${cell.decky}`, cell]))
  const rows = sources.map((source) => {
    const columns = deckies.map((decky) => {
      const cell = byPlace.get(`${source} ${decky}`)
      return cell === undefined ? html`<td></td>` : html`<td class="${cell.class}">${compact(cell.events)}</td>`
    })
    return html`<tr><th class="code">${source}</th>${columns}</tr>`
  })
  const head = deckies.map((decky) => html`<th class="decky">${decky}</th>`)
  return html`<section><h2>Who touched what</h2>${
    rows.length === 0
      ? nothing('Nobody touched anything.')
      : html`<div class="scroll"><table class="matrix"><tr><th></th>${head}</tr>${rows}</table></div>`
  }${left(sources.length, SHOWN.sources, 'sources')}${left(deckies.length, SHOWN.deckies, 'deckies')}</section>`
}

function services({services: all}: ReportFacts): Markup {
  const most = Math.max(1, ...all.map(({events}) => events))
  const rows = all.map(
    ({service, events, sources}) =>
      html`<tr><td>${service}</td><td class="number">${events.toLocaleString('en')}</td><td class="number">${sources}</td><td style="width:55%"><div class="bar" style="width:${fixed((100 * events) / most)}%"></div></td></tr>`,
  )
  return html`<section><h2>Services</h2>${
    rows.length === 0
      ? nothing('None was touched.')
      : html`<div class="scroll"><table><tr><th>Service</th><th class="number">Events</th><th class="number">Sources</th><th></th></tr>${rows}</table></div>`
  }</section>`
}

function credentials(used: readonly UsedCredential[]): Markup {
  const rows = used.map(({principal, domain, method, secret, hash, fingerprint, attempts, success, deckies}) => {
    const user = domain === null || domain === '' ? principal : `${domain}\\${principal}`
    const proof = shortened(secret ?? hash?.line ?? fingerprint ?? '', MAX_CELL)
    return html`<tr><td class="code user">${shortened(user, MAX_CELL)}</td><td>${method}</td><td class="code long">${proof}</td><td class="number">${attempts}</td><td class="number">${deckies.length}</td><td>${success ? html`<span class="tag high-confidence">got in</span>` : ''}</td></tr>`
  })
  return html`<section><h2>Credentials</h2>${
    rows.length === 0
      ? nothing('None was tried.')
      : html`<div class="scroll"><table><tr><th>User</th><th>Method</th><th>Secret or response</th><th class="number">Tried</th><th class="number">Deckies</th><th></th></tr>${rows}</table></div>`
  }${left(used.length, SHOWN.credentials, 'credentials')}</section>`
}

function sessions(all: readonly Session[]): Markup {
  const rows = all.map(
    (session) =>
      html`<tr><td class="time">${clock(session.first)}</td><td class="code">${session.source ?? ''}</td><td>${session.decky}</td><td>${session.service}</td><td>${tag(session.class)}</td><td class="number">${session.events}</td><td class="number">${lasted(session)}</td><td class="code">${session.id}</td></tr>`,
  )
  return html`<section><h2>Sessions</h2><p class="faint">The latest in which something was tried; those that only looked are not listed.</p>${
    rows.length === 0
      ? nothing('None.')
      : html`<div class="scroll"><table><tr><th>Began</th><th>Source</th><th>Decky</th><th>Service</th><th>Class</th><th class="number">Events</th><th class="number">Lasted</th><th>Session</th></tr>${rows}</table></div>`
  }${left(all.length, SHOWN.sessions, 'sessions')}</section>`
}

function tag(name: EventClass): Markup {
  return html`<span class="tag ${name}">${name.replace('-', ' ')}</span>`
}

function nothing(text: string): Markup {
  return html`<div class="faint">${text}</div>`
}

function left(count: number, most: number, what: string): Markup {
  return count < most ? html`` : html`<p class="faint">Only ${most} ${what} are shown.</p>`
}

function lasted({first, last}: Session): string {
  const seconds = (Date.parse(last) - Date.parse(first)) / 1000
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`
}

function compact(count: number): string {
  return count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)}k`
}

function fixed(value: number): string {
  return value.toFixed(2)
}

function day(ts: string): string {
  return ts.slice(0, 10)
}

function clock(ts: string): string {
  return ts.slice(0, 19).replace('T', ' ')
}
