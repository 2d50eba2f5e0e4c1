/** Who works at the company: the same people on every machine of the fleet. */
import type {Persona} from '../persona.ts'

export interface Person {
  readonly given: string
  readonly surname: string
  readonly department: string
  readonly title: string
}

const GIVEN = [
  'Anna',
  'Thomas',
  'Julia',
  'Martin',
  'Sophie',
  'Daniel',
  'Laura',
  'Peter',
  'Elena',
  'Marco',
  'Nina',
  'David',
  'Claire',
  'Stefan',
  'Maria',
  'Oliver',
  'Lucia',
  'Robert',
  'Helen',
  'Paul',
]
const SURNAMES = [
  'Berger',
  'Novak',
  'Keller',
  'Martin',
  'Schmidt',
  'Rossi',
  'Jansen',
  'Walker',
  'Fischer',
  'Moreau',
  'Lindner',
  'Garcia',
  'Hughes',
  'Vogel',
  'Brandt',
  'Carter',
  'Lang',
  'Meier',
  'Pereira',
  'Turner',
]
const POSTS = [
  {department: 'IT', title: 'System Administrator'},
  {department: 'Finance', title: 'Head of Finance'},
  {department: 'Finance', title: 'Accountant'},
  {department: 'HR', title: 'HR Manager'},
  {department: 'Sales', title: 'Sales Manager'},
  {department: 'IT', title: 'Service Desk Analyst'},
  {department: 'Sales', title: 'Account Manager'},
  {department: 'Operations', title: 'Operations Manager'},
  {department: 'Operations', title: 'Logistics Planner'},
  {department: 'Management', title: 'Executive Assistant'},
] as const

export const DEPARTMENTS: readonly string[] = [...new Set(POSTS.map(({department}) => department))]

/** Ten of them, no name twice. */
export function peopleOf({fleet}: Persona): readonly Person[] {
  const [given, surname] = [fleet.integer('given names', 0, 19), fleet.integer('surnames', 0, 19)]
  // Steps without a common factor with the lists' length go through all of a list.
  return POSTS.map((post, index) => ({
    ...post,
    given: GIVEN[(given + index * 3) % GIVEN.length] ?? 'Anna',
    surname: SURNAMES[(surname + index * 7) % SURNAMES.length] ?? 'Berger',
  }))
}
