// The tab "Open in builder" of Airflow's pages of a DAG, a run and a task. Airflow imports it as a module and draws the
// component with the ids of the page that one is on; where the builder is stands in this script's own address.
const { createElement: element } = globalThis.React
const { Box, Button, Text } = globalThis.ChakraUI
const builder = new URL(import.meta.url).searchParams.get('builder')
const PIPELINE = /^pipeline_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/

globalThis.AirflowPlugin = function OpenInBuilder({ dagId, runId, taskId }) {
  const found = PIPELINE.exec(dagId ?? '')
  if (!found) return element(Box, { p: 4 }, element(Text, null, 'This DAG is not drawn in the builder.'))
  const pipeline = `${builder}/pipelines/${found.slice(1).join('-')}`
  const what = [runId ? 'run' : 'pipeline', ...(taskId ? ['step'] : [])].reverse().join(' of this ')
  const page = runId ? `${pipeline}/runs/${encodeURIComponent(runId)}` : pipeline
  const href = taskId ? `${page}?node=${encodeURIComponent(taskId)}` : page
  const link = element('a', { href, target: '_blank', rel: 'noreferrer' }, 'Open in builder')
  return element(
    Box,
    { p: 4 },
    element(Text, { mb: 3 }, `Opens this ${what} where it is drawn.`),
    element(Button, { asChild: true, colorPalette: 'brand' }, link),
  )
}
