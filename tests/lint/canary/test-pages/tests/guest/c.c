// Page: NF:wdm.IoCallDrivr, kernel/real.md what it says
// Page: something else
