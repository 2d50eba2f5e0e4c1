import {createService} from '../src/decoy/services/http/server.ts'
import {serve} from './support/serve.ts'
import {personaWith} from './decoy/services/http/fixture-site.ts'
for (const [o,f] of [[{product:'nginx'},{}],[{product:'apache'},{}],[{},{os:'windows_server',distro:'windows2022'}],[{product:'nginx',page:'basic'},{}],[{product:'apache',page:'login'},{distro:'rocky9'}]] as const) { const s = await serve(await createService(personaWith(f as never),o),{port:80}); console.log(s.port); }
setTimeout(()=>process.exit(),60000)
