/** Devices that publish through the broker: what they tell is a function of time, so that it goes on without them. */
import {cameraOf} from '../../persona/camera.ts'
import type {Persona} from '../../persona.ts'

export type DeviceSet = 'office' | 'plant' | 'camera' | 'none'

export interface DeviceTopic {
  readonly topic: string
  /** Seconds between two messages. */
  readonly every: number
  /** Seconds by which it is behind the full period. */
  readonly phase: number
  readonly retain: boolean
  /** What is told at that second. */
  value(second: number): string
}

/** A number that moves slowly around its middle, and a little from one reading to the next. */
function wave(persona: Persona, purpose: string, middle: number, swing: number): (second: number) => number {
  const period = persona.integer(`mqtt period ${purpose}`, 1800, 14_400)
  const shift = persona.integer(`mqtt shift ${purpose}`, 0, period)
  const offset = (persona.integer(`mqtt offset ${purpose}`, -100, 100) / 100) * swing
  const salt = persona.integer(`mqtt noise ${purpose}`, 1, 0x7fffffff)
  return (second) => {
    const slow = Math.sin((2 * Math.PI * (second + shift)) / period)
    return middle + offset + swing * (0.8 * slow + 0.2 * noise(salt, second))
  }
}

/** Between -1 and 1, the same for the same second. */
function noise(salt: number, second: number): number {
  let mixed = Math.imul((second ^ salt) >>> 0, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 0x7fffffff - 1
}

/** What does not change is told again after every reconnection, about hourly. */
const ANNOUNCED = 3600

interface Reading {
  readonly topic: string
  readonly every: number
  readonly retain?: false
  readonly value: (second: number) => string
}

export function deviceTopics(persona: Persona, set: DeviceSet): readonly DeviceTopic[] {
  if (set === 'none') return []
  const readings = {office, plant, camera}[set](persona)
  return readings.map(({topic, every, retain, value}) => ({
    topic,
    every,
    phase: persona.integer(`mqtt phase ${topic}`, 0, every - 1),
    retain: retain ?? true,
    value,
  }))
}

const ROOMS = ['reception', 'meeting-1', 'meeting-2', 'openspace', 'server-room', 'kitchen', 'archive', 'office-12']

function office(persona: Persona): Reading[] {
  const building = persona.fleet.pick('mqtt building', ['hq', 'building-a', 'main', 'tower'])
  const readings = rooms(persona, `${building}/floor${persona.integer('mqtt floor', 1, 4)}`)
  const power = wave(persona, 'power', 18_400, 5200)
  const setpoint = (persona.integer('mqtt setpoint', 40, 46) / 2).toFixed(1)
  const secret = persona.bytes('mqtt gateway secret', 9).toString('base64url')
  return [
    ...readings,
    {topic: `${building}/energy/main/power_w`, every: 15, value: (at) => power(at).toFixed(0)},
    {topic: `${building}/hvac/ahu-1/setpoint`, every: 600, value: () => setpoint},
    {
      topic: `${building}/hvac/ahu-1/mode`,
      every: 600,
      value: (at) => (hour(at) > 5 && hour(at) < 20 ? 'day' : 'night'),
    },
    {
      topic: `${building}/door/main/state`,
      every: 45,
      value: (at) => (noise(7, Math.floor(at / 45)) > 0.6 ? 'open' : 'closed'),
    },
    {
      topic: `${building}/gateway/config`,
      every: ANNOUNCED,
      value: () => JSON.stringify({fw: '2.4.1', ota: `http://ota.${building}.local/fw`, user: 'gateway', pass: secret}),
    },
  ]
}

function rooms(persona: Persona, base: string): Reading[] {
  const first = persona.integer('mqtt rooms', 0, 3)
  return ROOMS.slice(first, first + 5).flatMap((room, index): Reading[] => {
    const temperature = wave(persona, `${room} temperature`, room === 'server-room' ? 19.5 : 21.8, 1.2)
    const humidity = wave(persona, `${room} humidity`, 42, 6)
    const co2 = wave(persona, `${room} co2`, 640, 160)
    const device = `${base}/${room}`
    return [
      {topic: `${device}/temperature`, every: 30 + index, value: (at) => temperature(at).toFixed(1)},
      {topic: `${device}/humidity`, every: 30 + index, value: (at) => humidity(at).toFixed(0)},
      {topic: `${device}/co2`, every: 60, value: (at) => co2(at).toFixed(0)},
    ]
  })
}

const hour = (second: number): number => new Date(second * 1000).getUTCHours()

function plant(persona: Persona): Reading[] {
  const site = persona.fleet.pick('mqtt plant', ['plant1', 'werk2', 'line-hall', 'waterworks'])
  const line = `${site}/line${persona.integer('mqtt line', 1, 4)}`
  const serial = persona.integer('mqtt plc', 100_000, 999_999)
  const machines = ['press', 'filler', 'conveyor', 'packer'].flatMap((machine): Reading[] => {
    const speed = wave(persona, `${machine} speed`, 1180, 140)
    const current = wave(persona, `${machine} current`, 14.2, 2.1)
    const temperature = wave(persona, `${machine} temperature`, 61, 7)
    const made = persona.integer(`mqtt made ${machine}`, 3, 11)
    return [
      {topic: `${line}/${machine}/speed_rpm`, every: 5, value: (at) => speed(at).toFixed(0)},
      {topic: `${line}/${machine}/motor_current`, every: 5, value: (at) => current(at).toFixed(2)},
      {topic: `${line}/${machine}/bearing_temp`, every: 20, value: (at) => temperature(at).toFixed(1)},
      {topic: `${line}/${machine}/count`, every: 10, value: (at) => String(Math.floor((at % 86_400) / made))},
      {
        topic: `${line}/${machine}/state`,
        every: 60,
        value: (at) => (noise(made, Math.floor(at / 600)) > 0.8 ? 'IDLE' : 'RUN'),
      },
    ]
  })
  const tank = wave(persona, 'tank', 63, 21)
  const pressure = wave(persona, 'pressure', 4.1, 0.5)
  return [
    ...machines,
    {topic: `${site}/utilities/tank1/level_pct`, every: 10, value: (at) => tank(at).toFixed(1)},
    {topic: `${site}/utilities/air/pressure_bar`, every: 10, value: (at) => pressure(at).toFixed(2)},
    {
      topic: `${line}/plc/info`,
      every: ANNOUNCED,
      value: () => JSON.stringify({serial, program: `${site}_main`, rack: 0, slot: 2}),
    },
    {topic: `${line}/alarm`, every: 300, retain: false, value: (at) => alarm(at)},
  ]
}

const alarm = (second: number): string =>
  JSON.stringify({ts: second, code: 200 + Math.abs(Math.floor(noise(3, second) * 40)), ack: false})

function camera(persona: Persona): Reading[] {
  const {serial, firmware} = cameraOf(persona)
  const base = `axis/${serial}`
  const load = wave(persona, 'camera load', 31, 14)
  const temperature = wave(persona, 'camera temperature', 46, 4)
  const bitrate = wave(persona, 'camera bitrate', 4200, 900)
  const secret = persona.bytes('mqtt stream secret', 6).toString('base64url')
  const motion = (at: number) => noise(11, Math.floor(at / 20)) > 0.5
  return [
    {topic: `${base}/status`, every: 60, value: () => 'online'},
    {topic: `${base}/info`, every: ANNOUNCED, value: () => JSON.stringify({serial, firmware, name: persona.hostname})},
    {topic: `${base}/cpu`, every: 30, value: (at) => load(at).toFixed(0)},
    {topic: `${base}/temperature`, every: 60, value: (at) => temperature(at).toFixed(1)},
    {topic: `${base}/stream/bitrate`, every: 10, value: (at) => bitrate(at).toFixed(0)},
    {
      topic: `${base}/stream/url`,
      every: ANNOUNCED,
      value: () => `rtsp://viewer:${secret}@${persona.facts.ip}:554/axis-media/media.amp`,
    },
    {topic: `${base}/event/motion`, every: 20, value: (at) => JSON.stringify({active: motion(at), ts: at})},
    {topic: `${base}/event/tampering`, every: 600, value: (at) => JSON.stringify({active: false, ts: at})},
    {topic: `${base}/heartbeat`, every: 15, retain: false, value: (at) => String(at)},
  ]
}

/** The last second, up to this one, at which it was told. */
export function toldAt({every, phase}: DeviceTopic, second: number): number {
  return Math.floor((second - phase) / every) * every + phase
}
