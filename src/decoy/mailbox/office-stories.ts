/** Mails without anything to steal in them: without them nobody believes the others. */
import type {Story} from './story.ts'

const meeting: Story = (company, owner) => {
  const from = company.someone('Management', 'meeting')
  return {
    from,
    cc: company.colleagues.slice(0, 3),
    subject: `${company.project} weekly`,
    text: `Hi ${company.given(owner)},

can we move the ${company.project} weekly to 14:00? The big room is taken in the
morning. Agenda as last time, I will send the slides around noon.

${company.given(from)}
`,
    answer: `Fine with me.
`,
  }
}

const invoice: Story = (company, _owner, index) => {
  const from = company.someone('Finance', 'invoice')
  const number = `${2400 + index}`
  return {
    from,
    subject: `Invoice ${number} ${company.customer}`,
    text: `Hello,

${company.customer} asks again for invoice ${number}. Did you approve it? The amount is
EUR ${company.number(`amount ${index}`, 1200, 48_000).toLocaleString('en-US')}.00, due at the end of the month.

Regards
${from.name}
`,
    answer: `Approved this morning, should be in the system by now.
`,
  }
}

const holidays: Story = (company) => {
  const from = company.someone('HR', 'holidays')
  return {
    from,
    subject: 'Holiday planning',
    text: `Dear all,

please enter your holidays for the next quarter by Friday. The form is on
${company.host('intranet')} under Forms > Personnel.

Kind regards
${from.name}
`,
  }
}

const customer: Story = (company, owner) => {
  const from = company.someone('Sales', 'customer')
  return {
    from,
    subject: `${company.customer} visit`,
    text: `Hi ${company.given(owner)},

${company.customer} will visit us with four people. Could you book the meeting room
and a table for lunch? They would like to see the ${company.project} demo as well.

Thanks
${company.given(from)}
`,
    answer: `Room is booked, lunch at 12:30.
`,
  }
}

const shipment: Story = (company, _owner, index) => {
  const from = company.someone('Operations', 'shipment')
  return {
    from,
    subject: `Delivery ${70_400 + index * 2} delayed`,
    text: `Hello,

the carrier moved delivery ${70_400 + index * 2} for ${company.customer} to next week. I have
informed the customer. Please keep the slot at gate 2.

${from.name}
`,
  }
}

const printer: Story = (company) => ({
  from: {name: 'Scanner', user: 'scanner'},
  subject: 'Scanned document',
  text: `A document was scanned and sent to you.

Device: ${company.host('print')}
Pages: 2
`,
  attachment: {name: 'scan0001.pdf', type: 'application/pdf', data: SCANNED(company.number('scan', 1, 9999))},
})

/** Enough of a PDF for a viewer to open it: one empty page. */
const SCANNED = (number: number): Buffer =>
  Buffer.from(
    [
      '%PDF-1.4',
      '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
      '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
      '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj',
      `trailer<</Root 1 0 R/ID[<${number.toString(16).padStart(32, '0')}>]>>`,
      '%%EOF',
      '',
    ].join('\n'),
  )

const figures: Story = (company) => {
  const from = company.someone('Finance', 'figures')
  return {
    from,
    cc: company.colleagues.slice(2, 4),
    subject: 'Figures for the board',
    text: `Hello,

the figures for the board are on the file server:

  \\\\${company.server('fs01')}\\finance\\board

Please check the ${company.project} column, I had to estimate the last two weeks.

${from.name}
`,
    answer: `Looks right to me.
`,
  }
}

const parking: Story = (company) => {
  const from = company.someone('HR', 'parking')
  return {
    from,
    subject: 'Car park closed on Thursday',
    text: `Dear colleagues,

the car park is closed on Thursday because of the work at the gate. Please use
the one behind the warehouse.

${from.name}
`,
  }
}

const maintenance: Story = (company) => ({
  from: company.administrator,
  subject: `Maintenance of ${company.server('fs01').split('.')[0]}`,
  text: `All,

${company.server('fs01')} will be restarted tonight between 20:00 and 21:00. Please close
your files before you leave.

${company.administrator.name}
`,
})

const minutes: Story = (company, owner) => {
  const from = company.someone('Sales', 'minutes')
  return {
    from,
    cc: company.colleagues.slice(1, 4),
    subject: `Minutes: ${company.project} kick-off`,
    text: `Hi all,

short minutes:

- ${company.given(owner)} checks the interface with ${company.customer}
- test system: https://${company.host(`${company.project.toLowerCase()}-test`)}/
- next meeting in two weeks

${company.given(from)}
`,
  }
}

const thanks: Story = (company, owner) => {
  const from = company.someone('Operations', 'thanks')
  return {
    from,
    subject: 'Thank you',
    text: `Hi ${company.given(owner)},

thanks for your help yesterday, everything went out in time.

${company.given(from)}
`,
  }
}

const order: Story = (company, _owner, index) => {
  const from = company.someone('Sales', 'order')
  return {
    from,
    subject: `Order confirmation ${company.customer}`,
    text: `Hello,

${company.customer} confirmed order ${9100 + index}. Please block the stock, ${company.number('pallets', 4, 30)} pallets.

Best
${from.name}
`,
    answer: `Stock is blocked.
`,
  }
}

export const OFFICE_STORIES: readonly Story[] = [
  meeting,
  invoice,
  holidays,
  customer,
  shipment,
  printer,
  figures,
  parking,
  maintenance,
  minutes,
  thanks,
  order,
]
