using System.Runtime.CompilerServices;

// ILGPU builds launchers at run time, in an assembly of this name, that read the kernels' argument structs.
[assembly: InternalsVisibleTo("ILGPURuntime")]
