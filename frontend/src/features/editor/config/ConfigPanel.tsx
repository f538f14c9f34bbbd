import { Group, ScrollArea, Stack, Text, TextInput } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { ModuleOut, ProblemOut } from '@/api/generated'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { steps, withHint } from '../model/problems'
import { isModule } from '../model/types'
import { useEditor } from '../store/editor'
import classes from './ConfigPanel.module.css'
import { FormContext } from './form/context'
import { focusField, useFieldFocus } from './form/focus'
import { Marked } from './form/Help'
import { type Option, optionsOf } from './form/options'
import { useNodeForm } from './form/useNodeForm'
import { Options } from './Options'
import { OutputColumns } from './OutputColumns'
import { ReadyMade } from './ReadyMade'

const NO_PROBLEMS: ProblemOut[] = []
const FRAMES = 120

/** The options of the one selected node, as its module's schema describes them. */
export function ConfigPanel({ nodeId }: { nodeId: string }) {
  const moduleId = useEditor(state => {
    const node = state.nodes.find(each => each.id === nodeId)
    return node && isModule(node) ? node.data.moduleId : undefined
  })
  const module = useModules().get(moduleId ?? '')
  if (moduleId === undefined) return null
  return (
    <ScrollArea className={classes.panel} component="aside" aria-label={strings.editor.configuration}>
      {module ? (
        <ModuleForm nodeId={nodeId} module={module} />
      ) : (
        <Text p="md" fw={650}>
          {moduleId}
        </Text>
      )}
    </ScrollArea>
  )
}

function ModuleForm({ nodeId, module }: { nodeId: string; module: ModuleOut }) {
  const panel = useRef<HTMLDivElement>(null)
  const label = useEditor(state => {
    const node = state.nodes.find(each => each.id === nodeId)
    return node && isModule(node) ? node.data.label : undefined
  })
  const problems = useEditor(state => state.problems.nodes[nodeId]) ?? NO_PROBLEMS
  const options = useMemo(() => optionsOf(module.config_schema), [module])
  const [isOpen, open] = useState(false)
  const { form, leave } = useNodeForm(nodeId, module, problems)
  useLedFocus(nodeId, panel, options, open)
  const [summary, ...details] = module.description.split('\n\n')
  const { configure } = useEditor.getState()
  return (
    <FormContext value={form}>
      <Stack ref={panel} p="md" gap="md" className="nokey" onBlur={leave}>
        <Stack gap={2}>
          <Text fw={650}>{module.display_name}</Text>
          <Text c="dimmed" size="xs" title={details.join('\n\n')}>
            <Marked>{summary ?? ''}</Marked>
          </Text>
        </Stack>
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <TextInput
            flex={1}
            label={strings.editor.label}
            value={label ?? ''}
            onChange={event => configure(nodeId, { label: event.currentTarget.value }, 'label')}
          />
          <ReadyMade module={module} />
        </Group>
        {problems
          .filter(problem => !isAtField(problem, options))
          .map(problem => (
            <Text key={problem.message} c={problem.severity === 'error' ? 'red' : 'yellow.8'} size="sm">
              {withHint(problem.message, problem.hint)}
            </Text>
          ))}
        <Options options={options} isOpen={isOpen} onOpen={open} />
        <OutputColumns nodeId={nodeId} />
      </Stack>
    </FormContext>
  )
}

function isAtField({ path }: ProblemOut, options: readonly Option[]): boolean {
  const [name] = steps(path ?? '')
  return options.some(option => option.name === name)
}

/** Go to the field that the list of problems leads to; one that is folded away is shown first. */
function useLedFocus(
  nodeId: string,
  panel: React.RefObject<HTMLDivElement | null>,
  options: readonly Option[],
  open: (isOpen: boolean) => void,
) {
  const wanted = useFieldFocus(state => state.wanted)
  useEffect(() => {
    if (wanted?.nodeId !== nodeId || !panel.current) return
    const [name] = steps(wanted.pointer)
    if (options.find(option => option.name === name)?.isAdvanced) open(true)
    let frame = 0
    const go = (left: number) => {
      frame = requestAnimationFrame(() => {
        const isThere = panel.current && focusField(panel.current, wanted.pointer)
        // An editor of code may be on its way still.
        if (!isThere && left > 0) go(left - 1)
        else useFieldFocus.getState().done()
      })
    }
    go(FRAMES)
    return () => cancelAnimationFrame(frame)
  }, [wanted, nodeId, panel, options, open])
}
