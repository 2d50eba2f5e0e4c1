/** What the controllers of a site look after: the quantities that they measure and the states of their machines. */

export interface Quantity {
  readonly name: string
  /** In its own unit: where it is usually, and how far it strays. */
  readonly usual: number
  readonly swing: number
  /** What the sensor can measure. */
  readonly range: readonly [low: number, high: number]
  /** Digits after the point that are kept where it is stored as a whole number. */
  readonly decimals: number
  /** The slowest of its movements, in minutes. */
  readonly minutes: number
}

export interface Theme {
  readonly name: string
  readonly quantities: readonly Quantity[]
}

const quantity = (
  name: string,
  [usual, swing]: readonly [number, number],
  range: readonly [number, number],
  decimals: number,
  minutes: number,
): Quantity => ({name, usual, swing, range, decimals, minutes})

export const THEMES: readonly Theme[] = [
  {
    name: 'water',
    quantities: [
      quantity('tank level', [62, 9], [0, 100], 1, 140),
      quantity('discharge pressure', [4.2, 0.25], [0, 10], 2, 25),
      quantity('flow', [38, 6], [0, 100], 1, 55),
      quantity('chlorine', [0.52, 0.06], [0, 5], 2, 320),
      quantity('water temperature', [11.4, 0.8], [0, 50], 1, 1440),
      quantity('pump speed', [71, 5], [0, 100], 1, 55),
    ],
  },
  {
    name: 'heating',
    quantities: [
      quantity('flow temperature', [68, 3.5], [0, 150], 1, 95),
      quantity('return temperature', [47, 2.5], [0, 150], 1, 110),
      quantity('boiler pressure', [1.8, 0.1], [0, 6], 2, 95),
      quantity('outdoor temperature', [9, 5], [-50, 50], 1, 1440),
      quantity('valve position', [44, 9], [0, 100], 1, 40),
      quantity('burner load', [56, 12], [0, 100], 1, 70),
    ],
  },
  {
    name: 'air',
    quantities: [
      quantity('supply air temperature', [19.5, 0.8], [-50, 100], 1, 35),
      quantity('return air temperature', [22.4, 0.6], [-50, 100], 1, 90),
      quantity('humidity', [46, 5], [0, 100], 1, 240),
      quantity('filter pressure', [124, 10], [0, 500], 0, 300),
      quantity('fan speed', [68, 4], [0, 100], 1, 60),
      quantity('carbon dioxide', [640, 110], [0, 2000], 0, 480),
    ],
  },
  {
    name: 'line',
    quantities: [
      quantity('line speed', [84, 3], [0, 120], 1, 45),
      quantity('motor temperature', [58, 4], [0, 200], 1, 160),
      quantity('motor current', [12.4, 0.9], [0, 40], 2, 20),
      quantity('air pressure', [6.1, 0.15], [0, 10], 2, 15),
      quantity('oil level', [71, 1], [0, 100], 1, 2880),
      quantity('rejects', [1.4, 0.4], [0, 20], 2, 180),
    ],
  },
]
