import { Combobox, Modal, Text, TextInput, useCombobox } from '@mantine/core'
import { useEffect, useId, useMemo, useState } from 'react'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { type Way, waysOf } from '../model/connections'
import { isModule } from '../model/types'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import classes from './ConnectDialog.module.css'

const text = strings.editor.connect

/** Draws an edge without a mouse: the steps that a step can lead to, and why others refuse. */
export function ConnectDialog() {
  const nodeId = useDesk(state => state.connecting)
  const modules = useModules()
  const step = useEditor(state => state.nodes.find(node => node.id === nodeId))
  if (!step || !isModule(step)) return null
  const label = step.data.label || step.id
  const leads = modules.get(step.data.moduleId)?.has_output !== false
  return (
    <Modal
      opened
      onClose={close}
      title={leads ? text.title(label) : text.titleFrom(label)}
      closeButtonProps={{ 'aria-label': strings.actions.close }}
    >
      <Ways key={step.id} nodeId={step.id} />
    </Modal>
  )
}

/** Back to the step, from where the next key goes on. */
function close(): void {
  const { connecting, connectFrom } = useDesk.getState()
  connectFrom(null)
  const step = `.react-flow__node[data-id="${CSS.escape(connecting ?? '')}"]`
  requestAnimationFrame(() => document.querySelector<HTMLElement>(step)?.focus())
}

function Ways({ nodeId }: { nodeId: string }) {
  const modules = useModules()
  const nodes = useEditor(state => state.nodes)
  const edges = useEditor(state => state.edges)
  const [search, setSearch] = useState('')
  const [refused, refuse] = useState('')
  const reasons = useId()
  const combobox = useCombobox({ opened: true })
  const ways = useMemo(() => waysOf(nodeId, nodes, edges, modules), [nodeId, nodes, edges, modules])
  const labelOf = (id: string) => {
    const node = nodes.find(each => each.id === id)
    return node && isModule(node) ? node.data.label || id : id
  }
  const other = ({ source, target }: Way) => (source === nodeId ? target : source)
  const inputOf = ({ target, targetHandle }: Way) => {
    const node = nodes.find(each => each.id === target)
    const inputs = node && isModule(node) ? (modules.get(node.data.moduleId)?.inputs ?? []) : []
    return inputs.length > 1 ? text.input(targetHandle) : ''
  }
  const shown = ways.filter(way => labelOf(other(way)).toLowerCase().includes(search.trim().toLowerCase()))
  // Enter takes the first; what is typed moves on to the first that fits.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the list, which is drawn by then
  useEffect(() => {
    combobox.selectFirstOption()
  }, [search])
  const submit = (key: string) => {
    const way = ways.find(each => keyOf(each) === key)
    if (!way) return
    // It stays open: the reason is said, and another one can be taken.
    if (way.refusal !== null) return refuse(way.refusal)
    useEditor.getState().connect(way.source, way.target, way.targetHandle)
    toast.success(text.done(labelOf(way.source), labelOf(way.target)))
    close()
  }
  return (
    <Combobox store={combobox} onOptionSubmit={submit}>
      <Combobox.EventsTarget>
        <TextInput
          mt={4}
          data-autofocus
          aria-label={text.find}
          aria-describedby={reasons}
          placeholder={text.find}
          // The list, which is always open, would keep the key for itself.
          onKeyDown={event => event.key === 'Escape' && close()}
          value={search}
          onChange={event => {
            setSearch(event.currentTarget.value)
            refuse('')
          }}
        />
      </Combobox.EventsTarget>
      <Text id={reasons} role="status" size="sm" c="red" mih="1.6em" py={4}>
        {refused}
      </Text>
      <Combobox.Options className={classes.options} aria-label={text.list}>
        {shown.map(way => (
          <Combobox.Option key={keyOf(way)} value={keyOf(way)} data-refused={way.refusal !== null || undefined}>
            <Text span size="sm" fw={600}>
              {labelOf(other(way))}
            </Text>{' '}
            <Text span size="sm">
              {inputOf(way)}
            </Text>
            {way.refusal !== null && <span className={classes.why}>{way.refusal}</span>}
          </Combobox.Option>
        ))}
        {shown.length === 0 && <Combobox.Empty>{ways.length === 0 ? text.alone : text.none}</Combobox.Empty>}
      </Combobox.Options>
    </Combobox>
  )
}

function keyOf({ source, target, targetHandle }: Way): string {
  return JSON.stringify([source, target, targetHandle])
}
