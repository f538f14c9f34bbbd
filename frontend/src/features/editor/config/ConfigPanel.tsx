import { Button, Group, Menu, ScrollArea, Stack, Text, TextInput } from '@mantine/core'
import { Form } from '@rjsf/mantine'
import { Sparkles } from 'lucide-react'
import { useMemo } from 'react'
import type { ProblemOut } from '@/api/generated'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { fieldErrors, withHint } from '../model/problems'
import { isModule } from '../model/types'
import { useEditor } from '../store/editor'
import classes from './ConfigPanel.module.css'
import { forForm } from './schema'
import { validator } from './validator'

const NO_PROBLEMS: ProblemOut[] = []

/** What must be given comes first; the database keeps no order of the options. */
const uiOf = (required: unknown) => ({
  'ui:submitButtonOptions': { norender: true },
  'ui:order': [...(Array.isArray(required) ? required : []), '*'],
})

/** The options of the one selected node, as its module's schema describes them. */
export function ConfigPanel({ nodeId }: { nodeId: string }) {
  const data = useEditor(state => {
    const node = state.nodes.find(each => each.id === nodeId)
    return node && isModule(node) ? node.data : undefined
  })
  const problems = useEditor(state => state.problems.nodes[nodeId]) ?? NO_PROBLEMS
  const columns = useEditor(state => state.verdict.schemas[nodeId])
  const configure = useEditor(state => state.configure)
  const modules = useModules()
  const module = data && modules.get(data.moduleId)
  const schema = useMemo(() => module && { ...forForm(module.config_schema), title: '' }, [module])
  if (!data) return null
  const { label, config } = data
  return (
    <ScrollArea className={classes.panel} component="aside" aria-label={strings.editor.configuration}>
      <Stack p="md" gap="md">
        <Stack gap={2}>
          <Text fw={650}>{module?.display_name ?? data.moduleId}</Text>
          <Text c="dimmed" size="xs">
            {module?.description.split('\n')[0]}
          </Text>
        </Stack>
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <TextInput
            flex={1}
            label={strings.editor.label}
            value={label}
            onChange={event => configure(nodeId, { label: event.currentTarget.value })}
          />
          {module && module.presets.length > 0 && (
            <Menu position="bottom-end" width={280}>
              <Menu.Target>
                <Button variant="default" leftSection={<Sparkles size={15} />}>
                  {strings.editor.presets}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {module.presets.map(preset => (
                  <Menu.Item
                    key={preset.name}
                    onClick={() => configure(nodeId, { config: { ...config, ...preset.config } })}
                  >
                    <Text size="sm">{preset.title}</Text>
                    <Text size="xs" c="dimmed">
                      {preset.description}
                    </Text>
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
        {problems
          .filter(problem => !problem.path)
          .map(problem => (
            <Text key={problem.message} c="red" size="sm">
              {withHint(problem.message, problem.hint)}
            </Text>
          ))}
        {schema && (
          <Form
            key={nodeId}
            idPrefix={nodeId}
            schema={schema}
            uiSchema={uiOf(schema.required)}
            validator={validator}
            formData={config}
            extraErrors={fieldErrors(problems)}
            showErrorList={false}
            noHtml5Validate
            tagName="div"
            onChange={({ formData }) => configure(nodeId, { config: formData })}
          />
        )}
        {columns && (
          <Stack gap={2}>
            <Text fw={600} size="sm">
              {strings.editor.columns}
            </Text>
            {columns.map(column => (
              <Group key={column.name} justify="space-between" gap="xs" wrap="nowrap">
                <Text size="xs">{column.name}</Text>
                <Text size="xs" c="dimmed">
                  {column.type}
                </Text>
              </Group>
            ))}
          </Stack>
        )}
      </Stack>
    </ScrollArea>
  )
}
