/** Names of containers that nobody named: `adjective_surname`. */

const LEFT = (
  'admiring agitated amazing awesome bold boring brave charming clever confident cool dazzling determined eager ' +
  'ecstatic elegant eloquent epic fervent festive focused friendly gallant gifted goofy gracious great happy hopeful ' +
  'hungry infallible inspiring jolly jovial keen kind laughing loving lucid magical modest mystifying naughty nervous ' +
  'nice nostalgic objective optimistic peaceful pensive practical quirky recursing relaxed romantic sad serene sharp ' +
  'silly sleepy stoic strange suspicious sweet tender thirsty trusting unruffled upbeat vibrant vigilant wizardly ' +
  'wonderful xenodochial youthful zealous zen'
).split(' ')
const RIGHT = (
  'agnesi albattani allen almeida antonelli archimedes babbage banach bardeen bartik bassi bell bhabha blackwell bohr ' +
  'booth borg bose boyd brattain brown carson cerf chandrasekhar clarke colden cori cray curie darwin davinci dijkstra ' +
  'easley edison einstein elion engelbart euclid euler fermat fermi feynman franklin galileo gates goldberg goldwasser ' +
  'golick goodall haibt hamilton hawking heisenberg hodgkin hoover hopper hugle hypatia jackson jang jennings jepsen ' +
  'johnson joliot jones kalam kapitsa kare keldysh keller kepler khorana kilby kirch knuth kowalevski lalande lamarr ' +
  'lamport leakey leavitt lewin lichterman liskov lovelace lumiere mahavira mayer mccarthy mcclintock mclean mcnulty ' +
  'meitner mendel mestorf mirzakhani morse murdock neumann newton nightingale nobel noether northcutt noyce panini ' +
  'pare pascal pasteur payne perlman pike poincare poitras ptolemy raman ramanujan ride ritchie roentgen rosalind ' +
  'saha sammet shannon shaw shirley shockley sinoussi snyder spence stallman stonebraker swanson swartz swirles tesla ' +
  'thompson torvalds turing varahamihira visvesvaraya volhard wescoff wiles williams wilson wing wozniak wright yalow'
).split(' ')

export function randomName(random: (size: number) => Buffer): string {
  const bytes = random(4)
  const left = LEFT[bytes.readUInt16BE(0) % LEFT.length]
  return `${left}_${RIGHT[bytes.readUInt16BE(2) % RIGHT.length]}`
}
