# The functions of the PowerShell module AwsCredentialsManager, for scripts and fingers that know them. Each calls the
# program, through the hook; none has a logic of its own. Secrets reach the program by stdin only.

# Which of them to export: a command of that name that is loaded already stays as it is.
function Select-AwsprofCmdlet($names) {
    # By a pattern, and with -ListImported: otherwise a module that only lies on the disk would be loaded.
    $taken = Get-Command -Name *-Aws* -CommandType Function, Cmdlet, Alias -ListImported
    $taken = @($taken | Where-Object { $names -contains $_.Name })
    if ($taken) { Write-Warning -Message "awsprof: loaded already, left as they are: $($taken.Name -join ', ')" }
    $names | Where-Object { $taken.Name -notcontains $_ }
}

$script:Cmdlets = @(Select-AwsprofCmdlet @(
        'New-AwsIamUser', 'New-AwsMfaUser', 'New-AwsAssumeRole', 'Set-AwsProfile', 'Update-AwsMfaCredentials'
        'Get-AwsProfiles', 'Get-AwsDomains', 'Get-AwsDomainsCompleter', 'Get-AwsProfilesCompleter'
    ))

# The text of secure strings, only ever for the pipe. ConvertFrom-SecureString -AsPlainText came with PowerShell 7.
filter ConvertFrom-AwsprofSecret {
    if (-not $_) { return }
    $pointer = [System.Runtime.InteropServices.Marshal]::SecureStringToBSTR($_)
    try { [System.Runtime.InteropServices.Marshal]::PtrToStringBSTR($pointer) }
    finally { [System.Runtime.InteropServices.Marshal]::ZeroFreeBSTR($pointer) }
}

# Calls the program with nobody to ask, and gives its exit code, what it printed and what it said.
function Invoke-AwsprofCmdlet {
    # Windows PowerShell makes an error of each line on stderr.
    $ErrorActionPreference = 'Continue'
    $OutputEncoding = [System.Text.Encoding]::ASCII
    # What the hook says itself does not come through 2>&1.
    $heard, $stderr = (New-Object -TypeName System.IO.StringWriter), [Console]::Error
    [Console]::SetError($heard)
    try { $lines = @($input | Invoke-Awsprof --no-input @args 2>&1) }
    finally { [Console]::SetError($stderr) }
    New-Object -TypeName PSObject -Property @{
        Code = $global:LASTEXITCODE
        Out  = @($lines | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] })
        Said = @($lines | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | ForEach-Object { "$_" }) +
        @("$heard" -split '\r?\n' -ne '')
    }
}

# A non-terminating error of a cmdlet: its message, and beneath it what more there is to show.
function Write-AwsprofError($cmdlet, $message, $more) {
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $message
    $about = $exception, 'Awsprof', 'NotSpecified', $null
    $record = New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $about
    if ($more) { $record.ErrorDetails = [System.Management.Automation.ErrorDetails](@($message) + $more -join "`n") }
    $cmdlet.WriteError($record)
}

# What the program said after a success goes where people see it, and nowhere else.
function Write-AwsprofAnswer($cmdlet, $done) {
    if ($done.Code) { return Write-AwsprofError $cmdlet ($done.Said -join "`n") }
    foreach ($line in $done.Said) { Write-Information -MessageData $line -InformationAction Continue }
}

# Adds a profile. The program refuses to change one that exists where it cannot ask: then the question is put here.
function Add-AwsprofProfile($cmdlet, $name, $words, $secrets) {
    if (-not $cmdlet.ShouldProcess($name, "awsprof add $($words[0])")) { return }
    $bound = $cmdlet.MyInvocation.BoundParameters
    $force = @(if ($bound.ContainsKey('Confirm') -and -not $bound['Confirm']) { '--yes' })
    $done = $secrets | ConvertFrom-AwsprofSecret | Invoke-AwsprofCmdlet add @words @force
    if ($done.Code -eq 2 -and "$($done.Said)" -match 'exists already') {
        $shown = $secrets | ConvertFrom-AwsprofSecret | Invoke-AwsprofCmdlet add @words --dry-run
        $yes = $null
        # It throws where PowerShell runs with -NonInteractive, and takes the end of a redirected stdin for a yes.
        $question = (@($shown.Out) + "Change ${name}?") -join "`n"
        $title = "$name exists already"
        try { if (-not [Console]::IsInputRedirected) { $yes = $cmdlet.ShouldContinue($question, $title) } }
        catch { $global:Error.RemoveAt(0) }
        if ($null -eq $yes) {
            return Write-AwsprofError $cmdlet $done.Said[0] '  -Confirm:$false changes it without asking'
        }
        if (-not $yes) { return }
        $done = $secrets | ConvertFrom-AwsprofSecret | Invoke-AwsprofCmdlet add @words --yes
    }
    Write-AwsprofAnswer $cmdlet $done
}

<#
.SYNOPSIS
Add the access key of a user, as the profile DOMAIN:iam.
.PARAMETER Domain
What the profiles of one customer or employer have in common: work.
.PARAMETER AccessKeyId
The access key id.
.PARAMETER SecretAccessKey
The secret access key.
.PARAMETER PathToCsv
The file of the access key, as the AWS console exported it.
#>
function New-AwsIamUser {
    [CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'KeySecret')]
    param(
        [Parameter(Mandatory = $true)]
        [string] $Domain,

        [Parameter(Mandatory = $true, ParameterSetName = 'KeySecret')]
        [System.Security.SecureString] $AccessKeyId,

        [Parameter(Mandatory = $true, ParameterSetName = 'KeySecret')]
        [System.Security.SecureString] $SecretAccessKey,

        [Parameter(Mandatory = $true, ParameterSetName = 'CSV')]
        [string] $PathToCsv
    )
    if ($PathToCsv) {
        # PowerShell's own paths, ~ among them.
        $path = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($PathToCsv)
        Add-AwsprofProfile $PSCmdlet "${Domain}:iam" @('iam', $Domain, "--csv=$path")
    }
    else { Add-AwsprofProfile $PSCmdlet "${Domain}:iam" @('iam', $Domain, '--stdin') @($AccessKeyId, $SecretAccessKey) }
}

<#
.SYNOPSIS
Add the MFA device of a user, as the profile DOMAIN:mfa.
.PARAMETER Domain
The domain of the user.
.PARAMETER DeviceArn
The ARN of the device.
#>
function New-AwsMfaUser {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)]
        [string] $Domain,

        [Parameter(Mandatory = $true)]
        [string] $DeviceArn
    )
    Add-AwsprofProfile $PSCmdlet "${Domain}:mfa" @('mfa', $Domain, "--device-arn=$DeviceArn")
}

<#
.SYNOPSIS
Add a role, as the profile DOMAIN:ROLENAME in the domain of its source.
.PARAMETER RoleName
A short name for the role.
.PARAMETER RoleArn
The ARN of the role.
.PARAMETER Region
The region of the profile.
.PARAMETER User
The profile whose keys may take the role: an iam or mfa profile.
.PARAMETER Iam
The same, completed with iam profiles.
.PARAMETER Mfa
The same, completed with mfa profiles.
#>
function New-AwsAssumeRole {
    [CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'User')]
    param(
        [Parameter(Mandatory = $true)]
        [string] $RoleName,

        [Parameter(Mandatory = $true)]
        [string] $RoleArn,

        [Parameter(Mandatory = $true)]
        [string] $Region,

        [Parameter(Mandatory = $true, ParameterSetName = 'User')]
        [string] $User,

        [Parameter(Mandatory = $true, ParameterSetName = 'IamUser')]
        [Alias('IamUser')]
        [string] $Iam,

        [Parameter(Mandatory = $true, ParameterSetName = 'MfaUser')]
        [Alias('MfaUser')]
        [string] $Mfa
    )
    $source = "$User$Iam$Mfa"
    $name = "$($source.Split(':')[0]):$RoleName"
    Add-AwsprofProfile $PSCmdlet $name @('role', $name, "--role-arn=$RoleArn", "--source=$source", "--region=$Region")
}

<#
.SYNOPSIS
Make a profile active in this shell.
.PARAMETER Domain
Its domain. Without one, the profile is named in full.
.PARAMETER All
The profile, completed with all there are.
.PARAMETER AssumeRole
The same, completed with roles.
.PARAMETER Iam
The same, completed with iam profiles.
.PARAMETER Mfa
The same, completed with mfa profiles.
#>
function Set-AwsProfile {
    [CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'All')]
    param(
        [string] $Domain,

        [Parameter(Mandatory = $true, ParameterSetName = 'All')]
        [string] $All,

        [Parameter(Mandatory = $true, ParameterSetName = 'AssumeRole')]
        [string] $AssumeRole,

        [Parameter(Mandatory = $true, ParameterSetName = 'IamUser')]
        [string] $Iam,

        [Parameter(Mandatory = $true, ParameterSetName = 'MfaUser')]
        [string] $Mfa
    )
    $name = "$All$AssumeRole$Iam$Mfa"
    if ($Domain) { $name = "${Domain}:$name" }
    if (-not $PSCmdlet.ShouldProcess($name, 'awsprof use')) { return }
    Write-AwsprofAnswer $PSCmdlet (Invoke-AwsprofCmdlet use $name)
}

<#
.SYNOPSIS
Renew the MFA session behind the active profile, where less than an hour of it is left.
.PARAMETER Code
The MFA code. It is asked for, hidden, where it is needed and not given.
.PARAMETER Force
Renew a session that still lasts, too.
#>
function Update-AwsMfaCredentials {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [System.Security.SecureString] $Code,

        [switch] $Force
    )
    if (-not $env:AWS_PROFILE) { return Write-AwsprofError $PSCmdlet 'No profile set. Please run Set-AwsProfile' }
    if (-not $PSCmdlet.ShouldProcess($env:AWS_PROFILE, 'awsprof mfa')) { return }
    $words = @('mfa', '--json') + @(if ($Force) { '--force' })
    # Without a code: exit 5 where one is needed. Whatever else stands in the way is known before anybody is asked.
    $done = Invoke-AwsprofCmdlet @words
    if ($done.Code -eq 0) {
        $end = ([datetime]($done.Out | ConvertFrom-Json).expires_at).ToLocalTime()
        return Write-Information -MessageData "Session already valid until $end" -InformationAction Continue
    }
    if ($done.Code -eq 5) {
        try { if (-not $Code) { $Code = Read-Host -AsSecureString -Prompt 'Code' } }
        catch { return Write-AwsprofError $PSCmdlet 'Failed to acquire new session token' $done.Said }
        $done = $Code | ConvertFrom-AwsprofSecret | Invoke-AwsprofCmdlet @words --code -
    }
    if ($done.Code -eq 0) { Write-AwsprofAnswer $PSCmdlet $done }
    else { Write-AwsprofError $PSCmdlet 'Failed to acquire new session token' $done.Said }
}

<#
.SYNOPSIS
List the profiles, sorted.
.PARAMETER Type
Which kind; User is Iam or Mfa, and AssumeRole is everything else.
.PARAMETER Domain
Only those of this domain.
#>
function Get-AwsProfiles {
    [CmdletBinding()]
    param(
        [ValidateSet('Iam', 'Mfa', 'User', 'AssumeRole', 'All')]
        [string] $Type = 'All',

        [string] $Domain
    )
    $kind = if ($Type -eq 'AssumeRole') { 'role' } else { $Type.ToLowerInvariant() }
    $words = @("--kind=$kind") + @(if ($Domain) { "--domain=$Domain" })
    $done = Invoke-AwsprofCmdlet list --names @words
    # The module gives nothing for a domain that does not exist.
    if ($done.Code -eq 3) { return }
    Write-AwsprofAnswer $PSCmdlet $done
    $done.Out
}

<#
.SYNOPSIS
List the domains, sorted.
.PARAMETER Search
Only those that begin with this.
#>
function Get-AwsDomains {
    [CmdletBinding()]
    param([string] $Search)
    $done = Invoke-AwsprofCmdlet list --names
    Write-AwsprofAnswer $PSCmdlet $done
    # As in the module, a profile without a colon is a domain of its own.
    $names = @($done.Out | ForEach-Object { $_.Split(':')[0] } | Select-Object -Unique)
    $found = [string[]]@($names | Where-Object { $_.StartsWith($Search, [StringComparison]::Ordinal) })
    [Array]::Sort($found, [StringComparer]::Ordinal)
    $found
}

# The two completers are called as PowerShell calls one: command, parameter, word, syntax tree, what is bound so far.
function Get-AwsDomainsCompleter {
    Find-AwsprofDomain "$($args[2])".Trim("'`"") '(?::[^\t]*)?'
}

function Get-AwsProfilesCompleter {
    $domain = if ($args[4]) { $args[4]['Domain'] }
    @(Find-AwsprofProfile $args[1] $domain "$($args[2])".Trim("'`"")) -replace '\t.*'
}

# Registered, not an attribute: from here the names can be quoted, where PowerShell would run what is in them.
if ($script:Cmdlets) {
    Register-ArgumentCompleter -CommandName $script:Cmdlets -ParameterName Domain -ScriptBlock {
        New-AwsprofResult (Get-AwsDomainsCompleter @args)
    }
    foreach ($parameter in 'User', 'Iam', 'Mfa', 'All', 'AssumeRole') {
        Register-ArgumentCompleter -CommandName $script:Cmdlets -ParameterName $parameter -ScriptBlock {
            New-AwsprofResult (Get-AwsProfilesCompleter @args)
        }
    }
}
