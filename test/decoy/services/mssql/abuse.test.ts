import {abuse} from '../../../support/abuse.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {negotiateMessage} from '../../codecs/ntlm/client.ts'
import {batch, clear, intn, login7, mssqlService, NMAP_PROBE, nvarchar, packet, rpc} from './support.ts'

const login = login7({user: 'sa', password: 'secret'})

abuse({
  name: 'mssql',
  port: 1433,
  service: () => mssqlService(),
  dialogues: [
    [
      clear(),
      login,
      batch("select @@version; select name from sys.databases; exec xp_cmdshell 'whoami'"),
      rpc(10, nvarchar('select top 3 cast(name as nvarchar(10)) + 1 from sys.tables with (nolock) where name like @p')),
      rpc(13, intn(null, 1), nvarchar('@p int'), nvarchar('select 1')),
      packet(0x06, Buffer.alloc(0)),
      packet(0x0e, Buffer.from('160000001200000002000000000000000000010000000500' + '0000', 'hex')),
      batch('use msdb\nselect db_name()'),
    ],
    [clear(), login7({user: 'sa', password: 'wrong', database: 'shop'})],
    [NMAP_PROBE, login7({sspi: negotiateMessage()}), packet(0x11, negotiateMessage())],
    [clear(0)],
    [Buffer.from('GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n')],
  ],
  served: (reply) => reply[0] === 4,
})

abuseUdp({
  name: 'mssql, Browser',
  port: 1434,
  service: () => mssqlService(),
  datagrams: ['\x02', '\x03', '\x04mssqlserver\0', '\x04OTHER\0', '\x0f\x01MSSQLSERVER\0'].map((text) =>
    Buffer.from(text, 'latin1'),
  ),
})
